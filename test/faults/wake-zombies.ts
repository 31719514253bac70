import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Tandem } from '../../local/tandem';
import type { Counters } from './counters';
import { PAST_VISIBILITY_MS } from './disturb-queue';

const run = promisify(execFile);

/** Milliseconds in which another process does the work of a frozen one before that wakes. */
const HEAD_START_MS = 800;

/**
 * Wakes what is frozen. Where that is a worker of the queue, its messages come back first and another worker has taken them:
 * what it then goes on with is a dead one's work.
 */
export const wakeZombies = async ({ functions, queue }: Tandem, counters: Counters): Promise<void> => {
  const frozen = new Set(await frozenAmong([...functions.values()].flatMap((running) => running.pids())));
  counters.frozen += frozen.size;
  const workers = (functions.get('reconcile')?.pids() ?? []).filter((pid) => frozen.has(pid));
  if (workers.length > 0) {
    queue?.advance(PAST_VISIBILITY_MS);
    await new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
    counters.zombies += (await frozenAmong(workers)).length;
  }
  for (const running of functions.values()) running.signal('SIGCONT');
};

const frozenAmong = async (pids: readonly number[]): Promise<readonly number[]> => {
  if (pids.length === 0) return [];
  // Without any of these processes ps answers nothing and fails.
  const { stdout } = await run('ps', ['-o', 'pid=,stat=', '-p', pids.join(',')]).catch(() => ({
    stdout: '',
  }));
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state]) => state?.startsWith('T'))
    .map(([pid]) => Number(pid));
};
