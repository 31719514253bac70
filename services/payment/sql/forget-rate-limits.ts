import type { Queryable } from '#shared/database/queryable';

/** What private.forget_rate_limits takes away at a time, so that no statement holds many locks or takes long. */
const ROUND = 10_000;

/** More than the gateway lets anybody cause between two runs of the sweep. */
const MOST_ROUNDS = 50;

/** Forgets counts of calls that say nothing any more: docs/rate-limits.md. What is too many waits for the next run. */
export const forgetRateLimits = async (db: Queryable, now: number): Promise<number> => {
  let total = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { rows } = await db.query<{ forgotten: number }>(
      'select private.forget_rate_limits($1)::integer as forgotten',
      [now],
    );
    const forgotten = rows[0]?.forgotten ?? 0;
    total += forgotten;
    if (forgotten < ROUND) break;
  }
  return total;
};
