import type { Now } from '#shared/kernel/ids';
import { describeError } from '#shared/observability/describe-error';
import type { Log } from '#shared/observability/logger';
import { type Dependencies, type DependencyState, judgeHealth } from '../domain/judge-health';
import type { Probe, Probes } from '../ports';

export interface Health {
  readonly status: ReturnType<typeof judgeHealth>;
  readonly dependencies: Dependencies;
}

export interface CheckHealthOptions {
  readonly probes: Probes;
  readonly now: Now;
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds each dependency has to answer. Default 2,000. */
  readonly timeoutMs?: number;
}

/** Milliseconds an answer is given again: whoever floods the public route asks the dependencies nothing more. */
const CACHE_MS = 2_000;

/** Asks all dependencies at once, each within its time. Askers at the same time share one check. */
export const makeCheckHealth = ({
  probes,
  now,
  log,
  timeoutMs = 2_000,
}: CheckHealthOptions): (() => Promise<Health>) => {
  let latest: { readonly at: number; readonly health: Promise<Health> } | null = null;

  const ask = async (name: keyof Probes, probe: Probe): Promise<DependencyState> => {
    const started = now();
    const status = await within(timeoutMs, probe).then(
      () => 'up' as const,
      (error: unknown) => {
        log.warn('dependency down', { dependency: name, error: describeError(error) });
        return 'down' as const;
      },
    );
    return { status, latencyMs: Math.round(now() - started) };
  };

  const check = async (): Promise<Health> => {
    const [database, supabase, queue] = await Promise.all([
      ask('database', probes.database),
      ask('supabase', probes.supabase),
      ask('queue', probes.queue),
    ]);
    const dependencies = { database, supabase, queue };
    return { status: judgeHealth(dependencies), dependencies };
  };

  return () => {
    if (latest === null || now() - latest.at >= CACHE_MS) latest = { at: now(), health: check() };
    return latest.health;
  };
};

const within = async (timeoutMs: number, probe: Probe): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), timeoutMs);
  });
  try {
    await Promise.race([probe(), deadline]);
  } finally {
    clearTimeout(timer);
  }
};
