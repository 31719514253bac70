import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../postgres/stop-stale-postgres';

export type Lock = { release: () => void };

/**
 * Claims a state folder for this process. The lock of a process that died is taken over.
 *
 * @throws Error naming the process that holds it
 */
export function lockState(stateDir: string): Lock {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const remove = () => {
        if (readLock(stateDir) === process.pid) rmSync(file, { force: true });
      };
      process.once('exit', remove); // also when something throws on the way out
      return {
        release: () => {
          process.removeListener('exit', remove);
          remove();
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readLock(stateDir);
      if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
        throw new Error(
          `Tandem is already running on ${stateDir} (process ${holder}). See \`npm run status\`, or stop it with \`kill ${holder}\`.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new Error(`cannot lock ${stateDir}`);
}

/** Process id in the lock file; undefined when there is none. */
export function readLock(stateDir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(stateDir, 'lock'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
