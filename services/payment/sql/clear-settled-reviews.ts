import type { Queryable } from '#shared/database/queryable';

/** Takes the mark off payments under review about which no report waits for a person any more. */
export const clearSettledReviews = async (db: Queryable): Promise<void> => {
  await db.query(
    `update public.payments p
     set review_reason = null, version = p.version + 1
     where p.review_reason is not null
       and not exists (select from private.inbox i where i.payment_id = p.id and i.outcome = 'review')`,
  );
};
