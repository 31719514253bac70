import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  update private.outbox set state = 'unknown', error_code = 'process_lost', claimed_until = null, settled_at = $1
  where state = 'sending' and claimed_until <= $1
  returning id`;

/** Ends mails whose process was lost while it handed them over. Gives their ids: they may have been sent, or not. */
export const giveUpLostMails = async (database: Queryable, now: Date): Promise<readonly string[]> => {
  const { rows } = await database.query<{ readonly id: string }>(TEXT, [now]);
  return rows.map(({ id }) => id);
};
