import type { Queryable } from '#shared/database/queryable';
import type { LimitStore } from '#shared/limits/limit-store';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';
import { openRedisLimitStore } from '#shared/limits/redis-limit-store';

/** Where this stage keeps its counts: Valkey/Redis where there is one, else the function's own database. */
export const openLimitStore = async (
  redisUrl: string | undefined,
  database: Queryable,
): Promise<LimitStore> => {
  if (redisUrl === undefined) return postgresLimitStore(database);
  return openRedisLimitStore(redisUrl);
};
