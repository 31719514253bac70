import type { Queryable } from '#shared/database/queryable';
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

/**
 * Writes the payment and the call that is about to be made, before it is made: whatever dies afterwards, the sweep knows what
 * was intended. Writing it again (a retry with the same ids) changes nothing.
 */
export const openPayment = async (db: Queryable, payment: NewPayment): Promise<void> => {
  await db.query(
    `with opened as (
       insert into public.payments (id, user_id, provider, price_id, description, currency, amount_minor)
       values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::bigint)
       on conflict (id) do nothing
     )
     insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
     values ($8, $1::uuid, $3, 'create', $9::json, $7::bigint)
     on conflict (key) do nothing`,
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
};
