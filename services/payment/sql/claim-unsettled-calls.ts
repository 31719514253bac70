import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** A call that was intended, and whose outcome nobody has recorded. */
export interface UnsettledCall {
  readonly key: string;
  readonly operation: 'refund' | 'cancel';
  readonly paymentId: string;
  readonly provider: Provider;
  readonly providerRef: string;
  readonly currency: string;
  /** What the call asked for; of a refund the capture and the amount in ISO 4217 minor units. */
  readonly captureId: string;
  readonly amountMinor: bigint;
  readonly reason: 'requested_by_customer' | 'abandoned';
  readonly errorCode: string | null;
  /** When it was first intended, milliseconds since 1970. */
  readonly createdAt: number;
}

interface Row {
  readonly key: string;
  readonly operation: 'refund' | 'cancel';
  readonly payment_id: string;
  readonly provider: Provider;
  readonly provider_ref: string;
  readonly currency: string;
  readonly request: { readonly captureId?: string; readonly reason?: UnsettledCall['reason'] };
  readonly amount_minor: string | null;
  readonly error_code: string | null;
  readonly created_at: Date;
}

export interface UnsettledQuestion {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly limit: number;
  /** Those that may be asked now. */
  readonly providers: readonly Provider[];
}

/**
 * Takes refunds and cancellations without an outcome: those whose last try began two minutes ago, since younger ones may still
 * be running, then twice as long after each try, up to six hours. Longest untried first, so that none keeps others
 * waiting. What is taken counts as being tried, so that sweeps side by side take different ones.
 */
export const claimUnsettledCalls = async (
  db: Queryable,
  { now, limit, providers }: UnsettledQuestion,
): Promise<readonly UnsettledCall[]> => {
  const { rows } = await db.query<Row>(
    `with due as (
       select c.key
       from private.provider_calls c
       where c.operation in ('refund', 'cancel') and c.state in ('intended', 'unknown') and c.provider = any($3::text[])
         and coalesce(c.attempted_at, c.created_at) < $1::timestamptz
             - least(interval '2 minutes' * power(2, least(greatest(c.attempts - 1, 0), 10)), interval '6 hours')
       order by coalesce(c.attempted_at, c.created_at), c.key
       limit $2::int
       for no key update of c skip locked
     ), claimed as (
       update private.provider_calls c set attempted_at = $1::timestamptz
       from due where c.key = due.key
       returning c.*
     )
     select c.key, c.operation, c.payment_id, c.provider, p.provider_ref, p.currency, c.request, c.amount_minor, c.error_code,
            c.created_at
     from claimed c join public.payments p on p.id = c.payment_id
     where p.provider_ref is not null
     order by c.created_at, c.key`,
    [new Date(now).toISOString(), limit, providers],
  );
  return rows.map((row) => ({
    key: row.key,
    operation: row.operation,
    paymentId: row.payment_id,
    provider: row.provider,
    providerRef: row.provider_ref,
    currency: row.currency,
    captureId: row.request.captureId ?? '',
    amountMinor: BigInt(row.amount_minor ?? 0),
    reason: row.request.reason ?? 'requested_by_customer',
    errorCode: row.error_code,
    createdAt: row.created_at.getTime(),
  }));
};
