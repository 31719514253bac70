import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  delete from private.outbox where id in (
    select o.id from private.outbox o where o.settled_at <= $1 order by o.settled_at limit 1000)`;

/** Forgets mails that were settled before a moment, a thousand at a time. */
export const forgetMails = async (database: Queryable, settledBefore: Date): Promise<void> => {
  await database.query(TEXT, [settledBefore]);
};
