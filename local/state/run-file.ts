import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock } from './lock';

/** What a running Tandem tells others about itself: `npm run status`, `npm run demo`. */
export type RunInfo = {
  pid: number;
  startedAt: string;
  urls: Record<string, string>;
  keys: Record<string, string>;
  users: Record<string, { email: string; password: string }>;
};

const fileIn = (stateDir: string) => join(stateDir, 'run.json');

/** Writes the description of this run, readable by its owner alone. */
export function writeRunFile(stateDir: string, info: RunInfo): void {
  writeFileSync(fileIn(stateDir), `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
}

export function removeRunFile(stateDir: string): void {
  rmSync(fileIn(stateDir), { force: true });
}

/** The description of the Tandem that runs on this folder; undefined when none does. */
export function readRunFile(stateDir: string): RunInfo | undefined {
  const holder = readLock(stateDir);
  if (holder === undefined || !existsSync(fileIn(stateDir))) return undefined;
  const info = JSON.parse(readFileSync(fileIn(stateDir), 'utf8')) as RunInfo;
  return info.pid === holder ? info : undefined;
}
