import { randomUUID } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';

/** A user as Supabase Auth would have made it. */
export const insertUser = async (
  db: Queryable,
  id = randomUUID(),
  email = `${id}@example.test`,
): Promise<string> => {
  await db.query('insert into auth.users (id, email) values ($1, $2)', [id, email]);
  return id;
};

export interface PaymentOptions {
  readonly id?: string;
  readonly provider?: 'stripe' | 'paypal';
  readonly providerRef?: string | null;
  readonly amountMinor?: bigint;
  readonly currency?: string;
  readonly userId?: string;
}

/** A payment as create-intent leaves it once the provider has answered. */
export const insertPayment = async (
  db: Queryable,
  options: PaymentOptions = {},
): Promise<{ id: string; userId: string }> => {
  const id = options.id ?? randomUUID();
  const userId = options.userId ?? (await insertUser(db));
  await db.query(
    `insert into public.payments (id, user_id, provider, provider_ref, price_id, currency, amount_minor)
     values ($1, $2, $3, $4, 'pro', $5, $6)`,
    [
      id,
      userId,
      options.provider ?? 'stripe',
      options.providerRef === undefined ? `pi_${id.slice(0, 8)}` : options.providerRef,
      options.currency ?? 'USD',
      (options.amountMinor ?? 1999n).toString(),
    ],
  );
  return { id, userId };
};

/** What there is to compare after any history: state, facts and bookings, without times and versions. */
export const paymentRows = async (db: Queryable, paymentId: string) => {
  const payment = await db.query<Record<string, string | null>>(
    `select status, captured_minor, refunded_minor, reversed_minor, fee_minor, dispute_status, provider_ref, review_reason
     from public.payments where id = $1`,
    [paymentId],
  );
  const facts = await db.query<Record<string, string>>(
    `select kind, object_id, status, amount_minor, currency, parent_id from private.payment_facts
     where payment_id = $1 order by kind, object_id, status`,
    [paymentId],
  );
  const ledger = await db.query<{ key: string; kind: string; account: string; amount_minor: string }>(
    `select t.key, t.kind, e.account, e.amount_minor from private.ledger_transactions t
     join private.ledger_entries e on e.transaction_key = t.key
     where t.payment_id = $1 order by t.key, e.account`,
    [paymentId],
  );
  return { payment: payment.rows[0], facts: facts.rows, ledger: ledger.rows };
};
