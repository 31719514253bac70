import type * as z from 'zod/mini';
import { type EnvSource, readEnv } from '#shared/config/read-env';
import { type MakeAwsRequest, withPreviousSecrets, withSecrets } from '#shared/config/secrets';
import type { Now } from '#shared/kernel/ids';
import { oneAtATime } from '#shared/kernel/one-at-a-time';
import { describeError } from '#shared/observability/describe-error';
import type { Log } from '#shared/observability/logger';

/** A function's configuration, which follows its secrets while it runs: docs/rotation.md says who relies on what. */
export interface LiveEnv<Env> {
  /** As read at the start: for whatever no secret changes, and for what is renewed by itself when it is refused. */
  readonly first: Env;
  /**
   * As read within the last five minutes: for whatever a secret judges others by, which nobody would refuse for us. The same
   * object while nothing changed. Never throws: while secrets cannot be read, it is what they were.
   */
  readonly current: () => Promise<Env>;
  /** As read now, because something of it was refused. Askers at the same time share one read. Never throws, as above. */
  readonly newest: () => Promise<Env>;
  /** As it was before the secrets were changed last; null where that cannot be had. */
  readonly previous: () => Promise<Env | null>;
}

export interface LiveEnvOptions {
  readonly log: Pick<Log, 'error'>;
  readonly now?: Now;
  readonly request?: MakeAwsRequest;
}

/** How long a value that was taken out of a secret may still be believed. */
const FRESH_MS = 5 * 60_000;

/** After a read that failed: Secrets Manager's outage must not slow every request down. */
const RETRY_MS = 30_000;

/**
 * Reads a function's configuration for the first time.
 *
 * @throws as readEnv and withSecrets
 */
export const liveEnv = async <Schema extends z.ZodMiniType>(
  schema: Schema,
  source: EnvSource,
  { log, now = Date.now, request }: LiveEnvOptions,
): Promise<LiveEnv<z.output<Schema>>> => {
  type Env = z.output<Schema>;
  const first: Env = readEnv(schema, await withSecrets(source, request));
  const follows = (source.SECRET_ARNS ?? '') !== '';
  let latest = first;
  let staleAt = now() + FRESH_MS;

  const keep = (error: unknown): null => {
    // Names variables and secrets, never their values.
    log.error('secrets not read', {
      reason: error instanceof Error ? error.message : 'unknown',
      error: describeError(error),
    });
    return null;
  };

  const read = async (): Promise<Env> => {
    const found = await withSecrets(source, request)
      .then((values) => readEnv(schema, values) as Env)
      .catch(keep);
    staleAt = now() + (found === null ? RETRY_MS : FRESH_MS);
    if (found !== null && JSON.stringify(found) !== JSON.stringify(latest)) latest = found;
    return latest;
  };

  const readAgain = oneAtATime(read);
  const newest = async (): Promise<Env> => (follows ? readAgain() : latest);

  return {
    first,
    current: async () => (now() < staleAt ? latest : newest()),
    newest,
    previous: async () =>
      follows
        ? withPreviousSecrets(source, request)
            .then((values) => readEnv(schema, values) as Env)
            .catch(keep)
        : null,
  };
};
