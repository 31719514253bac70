import type { Queryable } from '#shared/database/queryable';
import type { LimitStore } from '#shared/limits/limit-store';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';

/** Where this stage keeps its counts: Valkey/Redis where there is one, else the function's own database. */
export const openLimitStore = async (
  redisUrl: string | undefined,
  database: Queryable,
): Promise<LimitStore> => {
  if (redisUrl === undefined) return postgresLimitStore(database);
  // Loaded only here: it weighs more than all the rest of a function.
  const { openRedisLimitStore } = await import('#shared/limits/redis-limit-store');
  return openRedisLimitStore(redisUrl);
};
