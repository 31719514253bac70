import { join } from 'node:path';
import { Client } from 'pg';
import { ROOT } from '../paths';
import { applyBaseline } from '../postgres/apply-baseline';
import { applyMigrations } from '../postgres/apply-migrations';
import { localPassword, SUPERUSER } from '../postgres/start-postgres';

export interface ScratchDatabase {
  readonly name: string;
  /** Address for the owner of the tables. */
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/**
 * Makes an empty, migrated database beside another one of a local server.
 *
 * @param sourceUrl address of the other, by whatever role
 */
export const makeScratchDatabase = async (sourceUrl: string): Promise<ScratchDatabase> => {
  const name = `rebuilt_${process.pid}_${Date.now()}`;
  const addressOf = (role: string, database: string): string => {
    const url = new URL(sourceUrl);
    url.username = role;
    url.password = localPassword(role);
    url.pathname = `/${database}`;
    return url.href;
  };
  const asSuperuser = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: addressOf(SUPERUSER, 'postgres') });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  await asSuperuser(`create database ${name}`);
  const drop = () => asSuperuser(`drop database ${name} with (force)`);
  try {
    await applyBaseline(addressOf(SUPERUSER, name));
    const url = addressOf('postgres', name);
    await applyMigrations(url, join(ROOT, 'supabase'));
    return { name, url, drop };
  } catch (error) {
    await drop();
    throw error;
  }
};
