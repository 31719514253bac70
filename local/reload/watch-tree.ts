import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Watches a folder and everything below it.
 *
 * On Linux, Node's own recursive watching follows files, not names: when an editor saves by renaming a new
 * file over the old one, further changes go unseen. So each folder is watched there.
 *
 * @param onChange gets the changed file's path
 */
export function watchTree(folder: string, onChange: (path: string) => void): { close: () => void } {
  if (process.platform !== 'linux') {
    const watcher = watch(
      folder,
      { recursive: true },
      (_event, name) => name && onChange(join(folder, name)),
    );
    return { close: () => watcher.close() };
  }
  const watchers = new Map<string, FSWatcher>();

  const add = (path: string) => {
    if (watchers.has(path)) return;
    try {
      const watcher = watch(path, (event, name) => {
        if (name) onChange(join(path, name));
        if (event === 'rename') addFoldersIn(path); // something came or went, perhaps a folder
      });
      watcher.on('error', () => drop(path));
      watchers.set(path, watcher);
      addFoldersIn(path);
    } catch {
      drop(path); // gone meanwhile
    }
  };
  const addFoldersIn = (path: string) => {
    try {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) add(join(path, entry.name));
      }
    } catch {
      drop(path);
    }
  };
  const drop = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };

  add(folder);
  return {
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
