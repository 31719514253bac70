import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process with this id exists (also when it belongs to somebody else). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The id in `postmaster.pid`, or undefined when no server claims the folder. */
export function readPostmasterPid(dataDir: string): number | undefined {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/**
 * Ends the server that a crashed run left on `dataDir` and removes a pid file that names a dead or a
 * foreign process. Call it only while holding the lock on the folder: a living server is stopped.
 */
export async function stopStalePostgres(dataDir: string): Promise<void> {
  const pid = readPostmasterPid(dataDir);
  if (pid === undefined) return;
  if (isAlive(pid) && commandOf(pid).includes(dataDir)) {
    for (const [signal, patienceMs] of [
      ['SIGINT', 5000],
      ['SIGKILL', 2000],
    ] as const) {
      process.kill(pid, signal);
      const until = Date.now() + patienceMs;
      while (isAlive(pid) && Date.now() < until) await sleep(20);
      if (!isAlive(pid)) break;
    }
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
