import type { Queryable } from '#shared/database/queryable';
import type { IdempotencyClaim } from './claim-idempotency-key';
import type { LoadedPayment } from './load-payments';
import type { NewPayment } from './open-payment';

/**
 * Claims the key (if there is one), writes the payment and the call that is about to be made, all or nothing: what a first try
 * needs before it may ask the provider, in one statement. Null where somebody has used the key: nothing was written then.
 */
export const startPayment = async (
  db: Queryable,
  payment: NewPayment,
  claim: Pick<IdempotencyClaim, 'route' | 'key' | 'requestHash'> | null,
): Promise<LoadedPayment | null> => {
  const { id, userId, provider, priceId, description, currency, amountMinor } = payment;
  const { rows } = await db.query<{ readonly version: string; readonly created_at: Date }>(
    `with claimed as (
       insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id)
       select $2::uuid, $10, $11, $12, $1::uuid where $11::text is not null
       on conflict (user_id, route, key) do nothing
       returning resource_id
     ), opened as (
       insert into public.payments (id, user_id, provider, price_id, description, currency, amount_minor)
       select $1::uuid, $2::uuid, $3, $4, $5, $6, $7::bigint
       where $11::text is null or exists (select from claimed)
       returning id, version, created_at
     ), intended as (
       insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
       select $8, id, $3, 'create', $9::json, $7::bigint from opened
     )
     select version, created_at from opened`,
    [
      id,
      userId,
      provider,
      priceId,
      description,
      currency,
      amountMinor.toString(),
      payment.callKey,
      JSON.stringify({ userId, amountMinor: amountMinor.toString(), currency, description }),
      claim?.route ?? null,
      claim?.key ?? null,
      claim?.requestHash ?? null,
    ],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { version, created_at: createdAt } = row;
  const about = { id, userId, provider, priceId, description, currency, amountMinor };
  const nothingYet = { providerRef: null, facts: [], open: null, reviews: [], reviewReason: null };
  return { ...about, ...nothingYet, version: BigInt(version), createdAt, updatedAt: createdAt };
};
