import type { Queryable } from '#shared/database/queryable';

/** How many changes from before then are not handled, given up or not. */
export const countWaitingChanges = async (db: Queryable, before: Date): Promise<number> => {
  const { rows } = await db.query<{ readonly count: number }>(
    `select count(*)::integer as count from private.changes where handled_at is null and changed_at < $1::timestamptz`,
    [before],
  );
  return rows[0]?.count ?? 0;
};
