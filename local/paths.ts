import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository. */
export const ROOT = join(__dirname, '..');

/** Folder of everything that survives a restart; TANDEM_STATE_DIR names another one. */
export function stateDirOf(env: Record<string, string | undefined>): string {
  return resolve(ROOT, env.TANDEM_STATE_DIR || '.tandem');
}

/** Loads `.env` of the repository, if there is one; variables of the shell win. */
export function loadEnvFile(): void {
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
