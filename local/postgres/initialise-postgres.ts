import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './run-as';

/** Password of the superuser and of `postgres`, as in the Supabase CLI's local stack. */
export const LOCAL_PASSWORD = 'postgres';

/**
 * Makes an empty cluster in `dataDir` (initdb): UTF-8, C locale (equal on every machine), and passwords
 * by SCRAM as in a hosted project, so that a role without its password is refused here too.
 *
 * @throws Error with initdb's own words.
 */
export async function initialisePostgres(
  programs: string,
  dataDir: string,
  superuser: string,
  runAs: RunAs,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tandem-initdb-'));
  chmodSync(scratch, 0o755);
  const passwordFile = join(scratch, 'password'); // public by design: see LOCAL_PASSWORD
  writeFileSync(passwordFile, `${LOCAL_PASSWORD}\n`, { mode: 0o644 });
  const flags = [
    `--pgdata=${dataDir}`,
    `--username=${superuser}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  try {
    const options = { ...runAs, cwd: dataDir, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
    await promisify(execFile)(join(programs, 'bin', 'initdb'), flags, options);
  } catch (cause) {
    const words = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new Error(`Postgres could not make its data folder ${dataDir}:\n${words}`, { cause });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
