import type { Queryable } from '#shared/database/queryable';
import type { LimitStore } from '#shared/limits/limit-store';
import { readLimitCount } from '#shared/limits/read-limit-count';

const TAKE = 'select private.take_from_limit($1, $2, $3, $4)::text[] as counted';

const GIVE_BACK = 'select private.give_back_to_limit($1)';

/**
 * Counts in private.rate_limits, one statement for each call. `database` is a role with execute on the two functions; a
 * transaction pooler is fine.
 */
export const postgresLimitStore = (database: Queryable): LimitStore => ({
  take: async ({ key, limit, windowMs }, nowMs) => {
    const { rows } = await database.query<{ counted: string[] }>(TAKE, [key, limit, windowMs, nowMs]);
    const count = readLimitCount(rows[0]?.counted ?? null);
    if (count === null) throw new Error('private.take_from_limit did not answer');
    return count;
  },
  giveBack: async ({ key }) => {
    await database.query(GIVE_BACK, [key]);
  },
  holdsSessions: true,
});
