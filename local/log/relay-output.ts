import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Lines kept to say why a process did not start. */
const KEPT = 20;

/**
 * Gives each line that a process writes to `onLine`.
 *
 * @returns its last lines, as they come
 */
export function relayOutput(
  { stdout, stderr }: ChildProcess,
  onLine: (line: string) => void,
): readonly string[] {
  const last: string[] = [];
  for (const stream of [stdout, stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line);
      if (last.length > KEPT) last.shift();
      onLine(line);
    });
  }
  return last;
}
