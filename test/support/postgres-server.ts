import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../local/ports/free-port';
import { applyBaseline } from '../../local/postgres/apply-baseline';
import { prepareDatabase } from '../../local/postgres/prepare-database';
import { type Postgres, startPostgres } from '../../local/postgres/start-postgres';
import { isAlive, stopStalePostgres } from '../../local/postgres/stop-stale-postgres';

/** Databases named in TANDEM_TEST_POSTGRES; one server serves every jest worker of a run. */
export const TEMPLATE = 'tandem_template';

const SUPABASE_DIR = join(__dirname, '..', '..', 'supabase');
const BASE = join(tmpdir(), `tandem-tests-${process.getuid?.() ?? 0}`);

export type TestServer = { postgres: Postgres; folder: string };

/** Starts the run's Postgres and builds the migrated template that every test database is cloned from. */
export async function startTestServer(): Promise<TestServer> {
  await removeLeftovers();
  const folder = join(BASE, String(process.pid));
  mkdirSync(folder, { recursive: true });
  chmodSync(BASE, 0o755);
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    port: await freePort(),
    durable: false,
    settings: ['synchronous_commit=off', 'autovacuum=off', 'jit=off'],
  });
  try {
    await buildTemplate(postgres);
  } catch (error) {
    await stopTestServer({ postgres, folder });
    throw error;
  }
  return { postgres, folder };
}

async function buildTemplate(postgres: Postgres): Promise<void> {
  await applyBaseline(postgres.url()); // roles belong to the cluster and must exist before role `postgres` connects
  const client = new Client({ connectionString: postgres.url() });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  await prepareDatabase(postgres, TEMPLATE, SUPABASE_DIR);
}

/** Stops the server and removes its folder. */
export async function stopTestServer({ postgres, folder }: TestServer): Promise<void> {
  await postgres.stop();
  rmSync(postgres.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** A killed run cannot clean up; its folder carries its process id, so the next run does. */
async function removeLeftovers(): Promise<void> {
  if (!existsSync(BASE)) return;
  for (const name of readdirSync(BASE)) {
    if (isAlive(Number(name))) continue;
    await stopStalePostgres(join(BASE, name, 'data'));
    rmSync(join(BASE, name), { recursive: true, force: true });
  }
}
