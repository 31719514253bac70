import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  update private.outbox set state = 'sending', attempts = attempts + 1, claimed_until = $3
  where id = $1 and claim = $2 and state = 'due'
  returning id`;

/**
 * Notes that a mail is about to be handed over; from here on it may have been, whatever happens to this process. False where
 * it is not this claim's any more, because the process slept for longer than it had claimed it.
 */
export const beginMail = async (
  database: Queryable,
  id: string,
  claim: { readonly id: string; readonly until: Date },
): Promise<boolean> => {
  const { rows } = await database.query(TEXT, [id, claim.id, claim.until]);
  return rows.length > 0;
};
