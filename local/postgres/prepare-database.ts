import { applyBaseline } from './apply-baseline';
import { type ApplyMigrationsResult, applyMigrations } from './apply-migrations';
import { setRolePasswords } from './set-role-passwords';
import type { Postgres } from './start-postgres';

/**
 * Brings a database to the state of a Supabase project with this product's migrations and seed.
 * Does nothing where nothing is missing.
 */
export async function prepareDatabase(
  postgres: Postgres,
  database: string,
  supabaseDir: string,
): Promise<ApplyMigrationsResult> {
  await applyBaseline(postgres.url(undefined, database));
  const ownerUrl = postgres.url('postgres', database);
  const result = await applyMigrations(ownerUrl, supabaseDir);
  await setRolePasswords(ownerUrl);
  return result;
}
