import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where assemblies are kept: beside the sources they are made from, for all stacks of this clone; beside the state of one stack where
 * the clone is not ours to write to.
 */
export function cacheFolder(root: string, stateDir: string): string {
  const shared = join(root, '.tandem', 'assembly');
  try {
    mkdirSync(shared, { recursive: true });
    accessSync(shared, constants.W_OK);
    return shared;
  } catch {
    return join(stateDir, 'assembly');
  }
}
