import type { Queryable } from '#shared/database/queryable';

const TEXT = 'delete from private.pending_mails where id = any($1::uuid[]) or expires_at <= $2';

/** Forgets what is done, and whatever nobody waits for any more. */
export const deletePendingMails = async (
  database: Queryable,
  ids: readonly string[],
  now: Date,
): Promise<void> => {
  await database.query(TEXT, [ids, now]);
};
