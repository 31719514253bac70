import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAlive } from '../postgres/stop-stale-postgres';

/**
 * Names a process for good: its id and when it began. Ids are given again, and in a container that is started anew the same ones
 * come back, so an id alone may point to a stranger.
 */
export function markOf(pid: number): string {
  return `${pid} ${beginningOf(pid) ?? ''}`.trim();
}

/** The id in a mark; undefined for what is no mark. */
export function pidIn(mark: string): number | undefined {
  const pid = Number.parseInt(mark, 10);
  return pid > 0 ? pid : undefined;
}

/** Whether the process that a mark names still runs. Where its beginning is not known, whether one of its id does. */
export function isRunning(mark: string): boolean {
  const pid = pidIn(mark);
  if (pid === undefined || !isAlive(pid)) return false;
  const began = mark.trim().slice(String(pid).length).trim();
  const begins = beginningOf(pid);
  return began === '' || begins === undefined || begins === began;
}

/** Clock ticks since the machine was started on Linux, a date elsewhere; undefined where the system does not say. */
function beginningOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      const env = { ...process.env, LC_ALL: 'C' };
      return execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8', env }).trim();
    }
    // The name in parentheses may hold anything; state is the first field behind it, the start the twentieth (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}
