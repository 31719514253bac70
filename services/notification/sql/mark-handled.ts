import type { Queryable } from '#shared/database/queryable';

/**
 * Marks a change as handled, in the transaction that handles it; false where that was done before. Whoever handles the same
 * change at the same time waits here, and then finds it done.
 */
export const markHandled = async (tx: Queryable, id: string, now: Date): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'update private.changes set handled_at = $2::timestamptz where id = $1::uuid and handled_at is null',
    [id, now],
  );
  return rowCount === 1;
};
