import type { Queryable } from '#shared/database/queryable';

/**
 * Forgets keys of create-intent after a day, as Stripe does with its own: their answers carry a client secret, and a payment
 * that is a day old is not started again; and those of cancel, which changes nothing the second time. Keys of refunds stay,
 * because a second refund is money.
 */
export const forgetIdempotencyKeys = async (db: Queryable, now: number): Promise<number> => {
  const { rowCount } = await db.query(
    `delete from private.idempotency_keys
     where route in ('create-intent', 'cancel') and created_at < $1::timestamptz - interval '24 hours'`,
    [new Date(now).toISOString()],
  );
  return rowCount ?? 0;
};
