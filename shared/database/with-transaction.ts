import { isTransientConflict } from '#shared/database/map-pg-error';
import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';

const ATTEMPTS = 5;

/**
 * Runs `work` in one transaction and commits it. The whole of it is repeated after a deadlock or serialization failure
 * (PostgreSQL documentation, 13.5), so `work` must do nothing but database work.
 */
export const withTransaction = async <T>(
  database: Pick<Database, 'withConnection'>,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.withConnection(async (connection) => {
        await connection.query('begin');
        const result = await work(connection);
        await connection.query('commit');
        return result;
      });
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTransientConflict(error)) throw error;
    }
  }
};
