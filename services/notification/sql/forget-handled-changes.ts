import type { Queryable } from '#shared/database/queryable';

/** Deletes up to `limit` changes that were handled before then, and says how many. */
export const forgetHandledChanges = async (db: Queryable, before: Date, limit: number): Promise<number> => {
  const { rowCount } = await db.query(
    `delete from private.changes where id in (
       select id from private.changes where handled_at < $1::timestamptz order by handled_at limit $2::integer)`,
    [before, limit],
  );
  return rowCount ?? 0;
};
