import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface StateFile {
  /** The saved state; undefined when there is none or it cannot be read as JSON. */
  load(): unknown;
  /** Saves soon: calls within the pause become one write. */
  touch(): void;
  /** Saves now, if anything was touched. */
  flush(): void;
}

const shortestPauseMs = 200;
/** Saving takes at most this share of the time, however large the state grows. */
const busyShare = 0.05;

/** A JSON file written whole to a neighbour and renamed, so that a crash leaves the old state or the new one. */
export function createStateFile(path: string | undefined, snapshot: () => unknown): StateFile {
  if (!path) return { load: () => undefined, touch() {}, flush() {} };
  let pending: NodeJS.Timeout | undefined;
  let pauseMs = shortestPauseMs;

  function flush(): void {
    if (!pending || !path) return;
    clearTimeout(pending);
    pending = undefined;
    mkdirSync(dirname(path), { recursive: true });
    const startedMs = performance.now();
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, JSON.stringify(snapshot()));
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
      pauseMs = Math.max(shortestPauseMs, (performance.now() - startedMs) / busyShare);
    }
  }

  return {
    load() {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        return undefined;
      }
    },
    touch() {
      pending ??= setTimeout(flush, pauseMs).unref();
    },
    flush,
  };
}
