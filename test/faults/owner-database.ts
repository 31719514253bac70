import { Client } from 'pg';
import type { Database } from '../../local/parts/start-database';

export interface OwnerDatabase {
  /** Runs one statement as the database's owner; connects anew when the server was killed since. */
  query: <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
}

/** @param tries at one statement while the server is away, half a second apart */
export const ownerDatabase = (database: Pick<Database, 'url'>, tries = 20): OwnerDatabase => {
  let open: Promise<Client> | undefined;

  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: database.url() });
    client.on('error', () => {
      open = undefined;
    });
    await client.connect();
    return client;
  };

  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a connection carries one statement at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  const run = async <Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> => {
    for (let attempt = 1; ; attempt += 1) {
      open ??= connect();
      const used = open;
      try {
        return (await (await used).query<Row>(sql, [...values])).rows;
      } catch (error) {
        if (attempt >= tries || !(isAway(error) || isConflict(error))) throw error;
        if (open === used && isAway(error)) open = undefined;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };

  return {
    query: (sql, values = []) => inTurn(() => run(sql, values)),
    close: async () => {
      await (await open?.catch(() => undefined))?.end().catch(() => undefined);
    },
  };
};

/** No server, or one that starts or ends: SQLSTATE classes 57 and 08, and the socket's own errors. */
export const isAway = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(57|08|ECONN|EPIPE)/.test(code) || /Connection terminated|not queryable/.test(message);
};

const isConflict = (error: unknown): boolean => /^(40|55P03)/.test((error as { code?: string }).code ?? '');
