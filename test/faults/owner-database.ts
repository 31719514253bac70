import { Client } from 'pg';
import type { Database } from '../../local/parts/start-database';

export interface OwnerDatabase {
  /** Runs one statement as the database's owner, on a connection of its own: the server may have been killed since. */
  query: <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
}

/** @param tries at one statement while the server is away, half a second apart */
export const ownerDatabase = (database: Database, tries = 20): OwnerDatabase => ({
  query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
    for (let attempt = 1; ; attempt += 1) {
      const client = new Client({ connectionString: database.url() });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query<Row>(sql, [...values])).rows;
      } catch (error) {
        if (attempt >= tries || !isAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  },
});

/** No server, or one that starts or ends: SQLSTATE classes 57 and 08, and the socket's own errors. */
const isAway = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(57|08|ECONN|EPIPE)/.test(code) || message.includes('Connection terminated');
};
