import type { Queryable } from '#shared/database/queryable';

/**
 * Finds the bookings of what PayPal's statement lists under ids of its own: the fee of a dispute, and taken money that was
 * given back. Here they are booked under the dispute or the refund, which the statement does not name. Both are about the same
 * capture and worth the same; where several are alike, they are matched in order. `since`: the oldest day to look at,
 * milliseconds since 1970.
 */
export const matchPayPalMovements = async (db: Queryable, since: number): Promise<void> => {
  await db.query(
    `with loose as (
       select m.key, m.books, m.amount_minor, m.currency, f.payment_id,
         row_number() over (partition by f.payment_id, m.books, m.amount_minor, m.currency order by m.moved_at, m.key) as nth
       from private.provider_movements m
       join private.payment_facts f on f.provider = m.provider and f.kind = 'capture' and f.status = 'succeeded'
         and f.object_id = m.parent_id
       where m.provider = 'paypal' and m.day >= $1::date and m.or_key is null and m.books in ('fee', 'reinstatement')
         -- The fee of the capture itself is booked under the capture.
         and m.object_id <> m.parent_id
         and not exists (select from private.ledger_transactions t where t.key = m.key)
     ), booked as (
       select t.key, t.payment_id, t.currency,
         case t.kind when 'fee' then 'fee' else 'reinstatement' end as books,
         (select max(e.amount_minor) from private.ledger_entries e where e.transaction_key = t.key) as amount_minor,
         t.kind, t.booked_at
       from private.ledger_transactions t
       where t.payment_id in (select payment_id from loose) and t.kind in ('fee', 'reinstatement', 'refund_reversal')
         and not exists (select from private.provider_movements m where m.key = t.key)
         and not exists (select from private.provider_movements m where m.or_key = t.key)
     ), candidate as (
       select key, payment_id, books, amount_minor, currency, row_number() over (partition by payment_id, books, amount_minor, currency order by kind = 'refund_reversal', booked_at, key) as nth
       from booked
     )
     update private.provider_movements m set or_key = c.key
     from loose l join candidate c using (payment_id, books, amount_minor, currency, nth)
     where m.key = l.key`,
    [new Date(since).toISOString()],
  );
};
