import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../postgres/stop-stale-postgres';
import { isRunning, markOf } from '../state/process-mark';

/** How many unused assemblies stay, so that switching between branches is quick. */
const KEEP = 4;

export const isComplete = (dir: string): boolean => existsSync(join(dir, 'manifest.json'));

/**
 * Notes that this process runs functions from the assembly, and removes old ones that nobody runs.
 * Several stacks of one repository may run at a time, as tests do.
 */
export function useAssembly(cache: string, dir: string): void {
  const now = new Date();
  utimesSync(dir, now, now);
  mkdirSync(usersOf(dir), { recursive: true });
  writeFileSync(join(usersOf(dir), String(process.pid)), '');
  const unused = readdirSync(cache)
    .filter((name) => !name.includes('.'))
    .map((name) => join(cache, name))
    .filter((path) => !isUsed(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const path of unused.slice(KEEP)) {
    rmSync(path, { recursive: true, force: true });
    rmSync(usersOf(path), { recursive: true, force: true });
  }
}

const usersOf = (dir: string): string => `${dir}.users`;

function isUsed(dir: string): boolean {
  if (!existsSync(usersOf(dir))) return false;
  const pids = readdirSync(usersOf(dir)).map(Number);
  for (const pid of pids.filter((candidate) => !isAlive(candidate)))
    rmSync(join(usersOf(dir), String(pid)), { force: true });
  return pids.some(isAlive);
}

/**
 * Makes the assembly by `make` unless another process is at it, in which case that one is awaited: a
 * synthesis takes seconds of both cores.
 */
export async function makeOnce(dir: string, make: () => Promise<void>): Promise<void> {
  const claim = `${dir}.claim`;
  for (;;) {
    try {
      writeFileSync(claim, markOf(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await sleep(100);
      if (isComplete(dir)) return;
      if (!isClaimed(claim)) rmSync(claim, { force: true });
      continue;
    }
    try {
      if (!isComplete(dir)) await make();
      return;
    } finally {
      rmSync(claim, { force: true });
    }
  }
}

function isClaimed(claim: string): boolean {
  try {
    const mark = readFileSync(claim, 'utf8');
    if (mark !== '') return isRunning(mark);
    return Date.now() - statSync(claim).mtimeMs < 1_000; // being written at this moment, or never, for want of space
  } catch {
    return true; // given back at this moment
  }
}
