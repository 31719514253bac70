import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, markOf, pidIn } from './process-mark';

export type Lock = { release: () => void };

const fileIn = (stateDir: string) => join(stateDir, 'lock');

/**
 * Claims a state folder for this process. The lock of a process that died is taken over.
 *
 * @throws Error naming the process that holds it, or saying why the folder cannot be written
 */
export function lockState(stateDir: string): Lock {
  const file = fileIn(stateDir);
  const mine = markOf(process.pid);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (claim(stateDir, file, mine)) {
      const remove = () => {
        if (readFile(file) === mine) rmSync(file, { force: true });
      };
      process.once('exit', remove); // also when something throws on the way out
      return {
        release: () => {
          process.removeListener('exit', remove);
          remove();
        },
      };
    }
    const holder = readLock(stateDir);
    if (holder !== undefined && holder !== process.pid) {
      throw new Error(
        `Tandem is already running on ${stateDir} (process ${holder}). See \`npm run status\`, or stop it with \`kill ${holder}\`.`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new Error(`Another process keeps taking ${file}. Try again.`);
}

/** Answers false when somebody has claimed it before. */
function claim(stateDir: string, file: string, mark: string): boolean {
  try {
    mkdirSync(stateDir, { recursive: true });
    if (existsSync(file)) return false;
    writeFileSync(file, mark, { flag: 'wx' });
    return true;
  } catch (cause) {
    if (existsSync(file)) return false;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Tandem cannot keep its state in ${stateDir}: ${reason}. Set TANDEM_STATE_DIR to a folder that you can write to.`,
      { cause },
    );
  }
}

/** Id of the process that holds a state folder; undefined when none does that still runs. */
export function readLock(stateDir: string): number | undefined {
  const mark = readFile(fileIn(stateDir));
  return isRunning(mark) ? pidIn(mark) : undefined;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
