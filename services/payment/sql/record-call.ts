import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

export interface CallFailure {
  readonly key: string;
  /** Refused for good, or nobody knows. */
  readonly state: 'unknown' | 'failed';
  readonly errorCode: string;
}

/**
 * Notes that a provider call brought no result. A final outcome is never overwritten by a later doubt. Results are noted
 * together with the facts they bring: see applyReports.
 */
export const recordFailedCall = async (db: Queryable, failure: CallFailure): Promise<void> => {
  await db.query(
    `update private.provider_calls
     set state = $2, error_code = $3, attempts = attempts + 1, attempted_at = now()
     where key = $1 and state in ('intended', 'unknown')`,
    [failure.key, failure.state, failure.errorCode],
  );
};

/**
 * Writes the intention to capture a payment and gives the key for it. The key stays the same until the provider has refused
 * for good; then a new approval is a new capture.
 */
export const intendCapture = async (
  db: Queryable,
  payment: { id: string; provider: Provider },
): Promise<string> => {
  const { rows } = await db.query<{ readonly key: string }>(
    `with next as (
       select 'capture:' || $1::text || ':' || count(*) as key
       from private.provider_calls
       where payment_id = $1::uuid and operation = 'capture' and state = 'failed'
     ), intended as (
       insert into private.provider_calls (key, payment_id, provider, operation, request)
       select key, $1::uuid, $2, 'capture', '{}'::json from next
       on conflict (key) do nothing
     )
     select key from next`,
    [payment.id, payment.provider],
  );
  const key = rows[0]?.key;
  if (key === undefined) throw new Error('an aggregate always gives a row');
  return key;
};
