/**
 * `npm run migrate`: brings a real database up to date with supabase/migrations, without the seed. It is named by
 * MIGRATION_DATABASE_URL, for the owner of the tables, over a connection that keeps its session (port 5432, not the transaction
 * pooler on 6543). See docs/deploy.md.
 */
import { join } from 'node:path';
import { ROOT } from './paths';
import { migrate } from './postgres/apply-migrations';

async function main(): Promise<string> {
  const url = process.env.MIGRATION_DATABASE_URL;
  // A pipeline that has no address must not go on and deploy code that needs the migrations.
  if (!url) throw new Error('MIGRATION_DATABASE_URL is not set: the address of the database for its owner.');
  const applied = await migrate(url, join(ROOT, 'supabase'));
  return applied.length === 0 ? 'Nothing to migrate.' : applied.map((file) => `applied ${file}`).join('\n');
}

main().then(
  (report) => process.stdout.write(`${report}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
