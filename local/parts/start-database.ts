import { join } from 'node:path';
import { freePort } from '../ports/free-port';
import { applyBaseline } from '../postgres/apply-baseline';
import type { ApplyMigrationsResult } from '../postgres/apply-migrations';
import { prepareDatabase } from '../postgres/prepare-database';
import { type Postgres, type StartPostgresOptions, startPostgres } from '../postgres/start-postgres';

const DATABASE = 'postgres'; // the one database of a Supabase project

export type DatabaseOptions = {
  root: string;
  stateDir: string;
  port: number;
  durable: boolean;
  onLog: (line: string) => void;
  onDeath?: () => void;
};

/** The embedded Postgres with baseline, migrations and seed. */
export type Database = {
  port: number;
  url: (role?: string) => string;
  migrations: ApplyMigrationsResult;
  /** kill -9, as a power cut for the server. */
  kill: () => Promise<void>;
  /** Starts it again on the same port and data; it recovers from its log. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts the database of the stack, initialising and migrating it where needed. */
export async function startDatabase(options: DatabaseOptions): Promise<Database> {
  const start: StartPostgresOptions = {
    dataDir: join(options.stateDir, 'postgres'),
    port: options.port || (await freePort()),
    durable: options.durable,
    onLog: options.onLog,
    onDeath: options.onDeath,
  };
  let postgres: Postgres = await startPostgres(start);
  try {
    await applyBaseline(postgres.url());
    const migrations = await prepareDatabase(postgres, DATABASE, join(options.root, 'supabase'));
    return {
      port: start.port,
      migrations,
      url: (role) => postgres.url(role, DATABASE),
      kill: () => postgres.kill(),
      restart: async () => {
        postgres = await startPostgres(start);
      },
      close: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
