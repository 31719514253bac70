import type { Queryable } from '#shared/database/queryable';

/**
 * Lets changes that are on the queue again have their time before the sweep puts them there once more: two minutes, then twice
 * as long each time, an hour at most.
 */
export const putOffChanges = async (db: Queryable, ids: readonly string[], now: Date): Promise<void> => {
  await db.query(
    `update private.changes
     set sweep_after = $2::timestamptz + least(greatest($2::timestamptz - changed_at, interval '2 minutes'), interval '1 hour')
     where id = any ($1::uuid[])`,
    [ids, now],
  );
};
