import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

const FILES = [
  'supabase-baseline.sql',
  'supabase-auth-tables.sql',
  'supabase-net-vault.sql',
  'supabase-storage-tables.sql',
  'supabase-realtime-tables.sql',
];

/** The text of the baseline, for hashing and for tests. */
export function readBaseline(): string {
  return FILES.map((file) => readFileSync(join(__dirname, file), 'utf8')).join('\n');
}

/**
 * Gives a database what a hosted Supabase project has before its first migration.
 *
 * @param superuserUrl address of the database for its superuser
 */
export async function applyBaseline(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(`begin;\n${readBaseline()}\ncommit;`);
  } finally {
    await client.end();
  }
}
