import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatLsn, parseLsn } from './lsn';

/**
 * How far changes were delivered. Postgres keeps that with the slot, but writes it down at checkpoints alone: when it is
 * killed, the slot falls back by minutes, and a process that delivered nothing yet could not tell what was delivered before.
 */
export type Position = {
  /** 0 = not known. */
  read: () => bigint;
  write: (lsn: bigint) => void;
};

export function rememberPosition(file: string): Position {
  return {
    read: () => {
      try {
        return parseLsn(readFileSync(file, 'utf8'));
      } catch {
        return 0n; // none yet
      }
    },
    write: (lsn) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, formatLsn(lsn));
      renameSync(`${file}.new`, file);
    },
  };
}
