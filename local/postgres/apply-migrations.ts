import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** One file of supabase/migrations: `<14 digits>_<name>.sql`. */
export type Migration = { version: string; name: string; file: string; sql: string };

const FILE_NAME = /^(\d{14})_(.+)\.sql$/;

/** The migrations in the order in which they apply. */
export function readMigrations(supabaseDir: string): Migration[] {
  const folder = join(supabaseDir, 'migrations');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const [, version, name] = FILE_NAME.exec(file) ?? [];
      if (!version || !name) return [];
      return [{ version, name, file, sql: readFileSync(join(folder, file), 'utf8') }];
    });
}

export type ApplyMigrationsResult = {
  /** File names applied by this call. */
  applied: string[];
  /** Whether supabase/seed.sql ran in this call. */
  seeded: boolean;
};

/**
 * Applies what is missing of supabase/migrations, each file in a transaction of its own, and records it where the Supabase CLI
 * does (schema supabase_migrations), so that either tool can go on from the other's work.
 *
 * @param ownerUrl address of the database for role `postgres`
 * @param supabaseDir the folder `supabase`
 * @returns file names applied by this call
 * @throws Error naming the file when one fails, or when an applied file was changed afterwards
 */
export const migrate = (ownerUrl: string, supabaseDir: string): Promise<string[]> =>
  asOwner(ownerUrl, (client) => applyMissing(client, supabaseDir));

/** The same, then seed.sql once: for databases to try things out with. */
export const applyMigrations = (ownerUrl: string, supabaseDir: string): Promise<ApplyMigrationsResult> =>
  asOwner(ownerUrl, async (client) => ({
    applied: await applyMissing(client, supabaseDir),
    seeded: await seedOnce(client, supabaseDir),
  }));

async function asOwner<T>(ownerUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const HISTORY = `
do $$ begin
  if to_regnamespace('supabase_migrations') is null then create schema supabase_migrations; end if;
end $$;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key, statements text[], name text
);`;

const SEED_HISTORY = `
create table if not exists supabase_migrations.seed_files (path text not null primary key, hash text not null)`;

async function applyMissing(client: Client, supabaseDir: string): Promise<string[]> {
  await client.query(HISTORY);
  const history = await client.query<{ version: string; statements: string[] | null }>(
    'select version, statements from supabase_migrations.schema_migrations',
  );
  const known = new Map(history.rows.map((row) => [row.version, row.statements ?? []]));
  const applied: string[] = [];
  for (const migration of readMigrations(supabaseDir)) {
    const before = known.get(migration.version);
    if (before === undefined) {
      await applyOne(client, migration);
      applied.push(migration.file);
    } else if (wasChanged(before, migration.sql)) {
      const advice = 'Add a new migration instead, or start over with `npm run reset`.';
      throw new Error(`supabase/migrations/${migration.file} was changed after it was applied. ${advice}`);
    }
  }
  return applied;
}

/** Whether a file says something else than what was recorded. The CLI records single statements, trimmed: those are not compared. */
function wasChanged(recorded: readonly string[], sql: string): boolean {
  const [whole, ...more] = recorded;
  if (whole === undefined || more.length > 0) return false;
  const essence = (text: string) => text.replace(/[\s;]+/g, '');
  return essence(whole) !== essence(sql);
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  await inTransaction(client, `supabase/migrations/${migration.file}`, migration.sql, [
    'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
    [migration.version, migration.name, [migration.sql]],
  ]);
}

async function seedOnce(client: Client, supabaseDir: string): Promise<boolean> {
  const file = join(supabaseDir, 'seed.sql');
  if (!existsSync(file)) return false;
  const path = 'supabase/seed.sql';
  await client.query(SEED_HISTORY);
  const seen = await client.query('select from supabase_migrations.seed_files where path = $1', [path]);
  if (seen.rowCount) return false;
  const sql = readFileSync(file, 'utf8');
  await inTransaction(client, path, sql, [
    'insert into supabase_migrations.seed_files (path, hash) values ($1, $2)',
    [path, createHash('sha256').update(sql).digest('hex')],
  ]);
  return true;
}

/** How long a statement waits for those who use its table. */
const LOCK_TIMEOUT = '10s';

async function inTransaction(
  client: Client,
  file: string,
  sql: string,
  [record, values]: [string, unknown[]],
): Promise<void> {
  try {
    await client.query('begin');
    // Whoever waits for a table holds up all who come after: better no migration than no payments.
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query(sql);
    await client.query('reset all');
    await client.query(record, values);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    const { message, position, hint } = cause as { message: string; position?: string; hint?: string };
    const line = position ? `:${sql.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`${file}${line}: ${message}${hint ? ` (${hint})` : ''}`, { cause });
  }
}
