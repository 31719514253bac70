import type { Queryable } from '#shared/database/queryable';

/** Forgets counts of calls that say nothing any more, some thousands at a time: docs/rate-limits.md. */
export const forgetRateLimits = async (db: Queryable, now: number): Promise<number> => {
  const { rows } = await db.query<{ forgotten: number }>(
    'select private.forget_rate_limits($1)::integer as forgotten',
    [now],
  );
  return rows[0]?.forgotten ?? 0;
};
