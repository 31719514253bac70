import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant';

/**
 * The text of a mutant's file with the fault in it.
 *
 * @throws Error when what it replaces is not there exactly once: such a mutant would prove nothing.
 */
export const mutatedText = (root: string, { name, file, search, replacement }: Mutant): string => {
  const parts = readFileSync(join(root, file), 'utf8').split(search);
  const [before, after] = parts;
  if (before === undefined || after === undefined || parts.length !== 2)
    throw new Error(`"${name}": its text stands ${parts.length - 1} times in ${file}`);
  return before + replacement + after;
};
