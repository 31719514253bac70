import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { withTransaction } from '#shared/database/with-transaction';

/**
 * Runs statements as the signed-in user: role `authenticated` with the user's claims, for this transaction only, so that
 * row-level security decides as it does for the Data API. The connecting role must be a member of `authenticated`.
 */
export const withUser = <T>(
  database: Pick<Database, 'withConnection'>,
  userId: string,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> =>
  withTransaction(database, async (tx) => {
    await tx.query(
      `select set_config('role', 'authenticated', true),
              set_config('request.jwt.claims', $1, true)`,
      [JSON.stringify({ sub: userId, role: 'authenticated' })],
    );
    return work(tx);
  });
