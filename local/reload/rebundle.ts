import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction } from '../../lib/bundle-function';
import { FUNCTIONS } from '../../lib/function-catalogue';

/**
 * Bundles a function as the CDK does, into a folder named by its content.
 *
 * @returns the folder; the same one as long as the bundle stays the same
 * @throws Error with the words of esbuild
 */
export function rebundle(root: string, name: keyof typeof FUNCTIONS, bundlesDir: string): string {
  const { entry, sdks } = FUNCTIONS[name];
  const fresh = join(bundlesDir, `${name}-fresh`);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(bundlesDir, { recursive: true });
  bundleFunction({ entry: join(root, entry), outDir: fresh, sdks });
  const folder = join(bundlesDir, `${name}-${hashFolder(fresh)}`);
  if (existsSync(folder)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, folder);
  return folder;
}

/** Digest over names and contents of all files in a folder. */
export function hashFolder(folder: string): string {
  const hash = createHash('sha256');
  const visit = (path: string, name: string) => {
    if (statSync(path).isDirectory()) {
      for (const child of readdirSync(path).sort()) visit(join(path, child), `${name}/${child}`);
    } else {
      hash.update(`${name}\0`).update(readFileSync(path));
    }
  };
  visit(folder, '');
  return hash.digest('hex').slice(0, 16);
}
