import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Channel } from './channel';

/** Remembers across a restart who was subscribed to changes, so that delivery can wait for them. */
export type Roster = {
  add: (channel: Channel) => void;
  remove: (channel: Channel) => void;
  /** Resolves when all who were subscribed before are back, or after `patienceMs`. */
  untilBack: (patienceMs: number) => Promise<void>;
  /** Writes nothing from now on: those who are sent away by a stop are to be waited for. */
  freeze: () => void;
};

/** @param file kept up to date, and read once: it holds a hash for each subscription, and nobody's name */
export function makeRoster(file: string): Roster {
  const awaited = readCounts(file);
  const present = new Map<string, number>();
  let isFrozen = false;
  let arrived: () => void = () => undefined;
  let saving: NodeJS.Immediate | undefined;

  const missing = (): Map<string, number> =>
    new Map([...awaited].filter(([key, count]) => count > (present.get(key) ?? 0)));

  const save = (): void => {
    if (isFrozen || saving) return;
    saving = setImmediate(() => {
      saving = undefined;
      if (!isFrozen) writeCounts(file, new Map([...present, ...missing()]));
    });
  };

  const count = (channel: Channel, by: 1 | -1): void => {
    if (channel.config.changes.length === 0) return;
    const key = keyOf(channel);
    const next = (present.get(key) ?? 0) + by;
    if (next > 0) present.set(key, next);
    else present.delete(key);
    save();
    if (missing().size === 0) arrived();
  };

  return {
    add: (channel) => count(channel, 1),
    remove: (channel) => count(channel, -1),
    untilBack: async (patienceMs) => {
      if (missing().size > 0) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          arrived = resolve;
          timer = setTimeout(resolve, patienceMs);
        });
        clearTimeout(timer);
      }
      awaited.clear();
      save();
    },
    freeze: () => {
      isFrozen = true;
    },
  };
}

/** Who wants what where. A rejoining client says all of it again, though with a newer token. */
function keyOf({ topic, claims, config }: Channel): string {
  const text = JSON.stringify([topic, claims.role, claims.sub, config.changes]);
  return createHash('sha256').update(text).digest('base64url');
}

function readCounts(file: string): Map<string, number> {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map(); // none yet, or cut short: nobody is waited for
  }
}

function writeCounts(file: string, counts: Map<string, number>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(counts)));
  renameSync(`${file}.new`, file);
}
