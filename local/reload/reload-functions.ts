import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../lib/function-catalogue';
import type { RunningFunction } from '../lambda/run-function';
import type { Log } from '../log/log';
import { hashFolder } from './rebundle';
import { startBundler } from './start-bundler';
import { watchSources } from './watch-sources';

export type ReloadOptions = {
  root: string;
  stateDir: string;
  functions: Map<string, RunningFunction>;
  log: Log;
};

/** What functions are made from. */
const SOURCES = ['services', 'shared'];
/** What shapes the stack around them, which only a new start reads. */
const SURROUNDINGS = ['bin', 'lib', 'supabase'];

/**
 * Replaces a function when a change to its sources changes its bundle. Calls in flight finish on the old
 * code; a bundle that fails leaves the old code running.
 */
export function reloadFunctions({ root, stateDir, functions, log }: ReloadOptions): { close: () => void } {
  const bundlesDir = join(stateDir, 'bundles');
  rmSync(bundlesDir, { recursive: true, force: true });
  const bundler = startBundler(root, bundlesDir);

  /** Answers whether there was anything to replace. */
  const reload = async (name: FunctionName): Promise<boolean> => {
    const running = functions.get(name);
    if (!running) return false;
    const folder = await bundler.bundle(name);
    if (hashFolder(folder) === hashFolder(running.model.codeDir)) return false;
    running.replaceCode(folder);
    return true;
  };

  const sources = watchSources(root, SOURCES, async (files) => {
    const startedAt = performance.now();
    const replaced: string[] = [];
    for (const name of affectedBy(files)) {
      try {
        if (await reload(name)) replaced.push(name);
      } catch (error) {
        log('error', `${name} keeps its old code: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (replaced.length === 0) return;
    const ms = Math.round(performance.now() - startedAt);
    log('reload', `${replaced.join(', ')} replaced`, { ms, because: files.join(' ') });
  });
  const surroundings = watchSources(root, SURROUNDINGS, async (files) => {
    log('reload', `${files.join(', ')} changed: start again to use it`);
  });
  return {
    close: () => {
      sources.close();
      surroundings.close();
      bundler.close();
    },
  };
}

/** Services do not import each other, so a change in one concerns the functions of that one alone. */
function affectedBy(files: string[]): FunctionName[] {
  const folderOf = (path: string) => path.split(/[\\/]/).slice(0, 2).join('/');
  const folders = new Set(files.map(folderOf));
  const everything = files.some((file) => !file.startsWith('services'));
  return FUNCTION_NAMES.filter((name) => everything || folders.has(folderOf(FUNCTIONS[name].entry)));
}
