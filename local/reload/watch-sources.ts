import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { watchTree } from './watch-tree';

/** Editors write in several steps; a save counts once when nothing has changed for this long. */
const QUIET_MS = 80;

export type SourceWatcher = { close: () => void };

/**
 * Calls `onChange` with the changed files, relative to `root`, once per burst of changes. Never while an
 * earlier call is still at work.
 */
export function watchSources(
  root: string,
  folders: string[],
  onChange: (files: string[]) => Promise<void>,
): SourceWatcher {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working = false;

  const flush = async () => {
    if (working || changed.size === 0) return;
    working = true;
    const files = [...changed];
    changed.clear();
    try {
      await onChange(files);
    } finally {
      working = false;
      if (changed.size > 0) schedule();
    }
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), QUIET_MS);
  };

  const watchers = folders
    .filter((folder) => existsSync(join(root, folder)))
    .map((folder) =>
      watchTree(join(root, folder), (path) => {
        if (!/\.(ts|json|sql)$/.test(path)) return; // editors' swap files and the like
        changed.add(relative(root, path));
        schedule();
      }),
    );
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
