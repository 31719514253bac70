import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  update private.outbox set state = $3, error_code = $4, claimed_until = null, settled_at = $5
  where id = any($1::uuid[]) and claim = $2 and state = 'due'`;

/** Ends mails that were not handed over and will not be: nobody is to get them, or there are no words for them. */
export const settleUnsentMails = async (
  database: Queryable,
  ids: readonly string[],
  claimId: string,
  end: { readonly state: 'dropped' | 'failed'; readonly code: string; readonly now: Date },
): Promise<void> => {
  await database.query(TEXT, [ids, claimId, end.state, end.code, end.now]);
};
