import type { Queryable } from '#shared/database/queryable';
import type { PaymentStatus } from '../domain/payment-status';
import type { Provider } from '../domain/provider-scale';

export interface NewPayment {
  readonly id: string;
  readonly userId: string;
  readonly provider: Provider;
  readonly priceId: string;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The idempotency key of the call that will make the intent or order. */
  readonly callKey: string;
}

/** The payment as the first try wrote it; a later price does not change it. */
export interface OpenedPayment {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly description: string;
  readonly status: PaymentStatus;
  readonly providerRef: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * Writes the payment and the call that is about to be made, before it is made: whatever dies afterwards, the sweep knows what
 * was intended. Writing it again (a retry with the same ids) changes nothing.
 */
export const openPayment = async (db: Queryable, payment: NewPayment): Promise<OpenedPayment> => {
  // Where another try writes it while this statement waits for that, this one neither writes nor sees it; the next one sees it.
  const row = (await openOrFind(db, payment)) ?? (await openOrFind(db, payment));
  if (row === undefined) throw new Error('a payment was neither opened nor found');
  return {
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    description: row.description,
    status: row.status,
    providerRef: row.provider_ref,
    createdAt: row.created_at.getTime(),
  };
};

interface Row {
  readonly amount_minor: string;
  readonly currency: string;
  readonly description: string;
  readonly status: PaymentStatus;
  readonly provider_ref: string | null;
  readonly created_at: Date;
}

const openOrFind = async (db: Queryable, payment: NewPayment): Promise<Row | undefined> => {
  const { rows } = await db.query<Row>(
    `with opened as (
       insert into public.payments (id, user_id, provider, price_id, description, currency, amount_minor)
       values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::bigint)
       on conflict (id) do nothing
       returning amount_minor, currency, description, status, provider_ref, created_at
     ), intended as (
       insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
       values ($8, $1::uuid, $3, 'create', $9::json, $7::bigint)
       on conflict (key) do nothing
     )
     select * from opened
     union all
     select amount_minor, currency, description, status, provider_ref, created_at
     from public.payments where id = $1::uuid`,
    [
      payment.id,
      payment.userId,
      payment.provider,
      payment.priceId,
      payment.description,
      payment.currency,
      payment.amountMinor.toString(),
      payment.callKey,
      JSON.stringify({
        userId: payment.userId,
        amountMinor: payment.amountMinor.toString(),
        currency: payment.currency,
        description: payment.description,
      }),
    ],
  );
  return rows[0];
};
