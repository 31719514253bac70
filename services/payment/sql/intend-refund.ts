import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

export interface RefundLock {
  /** What other refunds under way may still take, ISO 4217 minor units. */
  readonly reservedMinor: bigint;
  /** The latest call for this very refund, of a try that died or failed. */
  readonly own: {
    readonly key: string;
    readonly captureId: string;
    readonly amountMinor: bigint;
    readonly state: 'intended' | 'unknown' | 'succeeded' | 'failed';
    /** The provider's id of the refund, once it was made. */
    readonly refundId: string | null;
    /** Why it has no outcome. */
    readonly errorCode: string | null;
    /** Milliseconds since 1970. */
    readonly createdAt: number;
    /** When its last try began, milliseconds since 1970; null before the first. */
    readonly attemptedAt: number | null;
  } | null;
  /** The key that a new call for this refund takes. */
  readonly nextKey: string;
}

/**
 * Locks a payment against other refunds and gives what has been intended for it. To be called first in the transaction that
 * calls `intendRefund`. `ownKey`: of the first call for this refund; those after a refusal add a number to it.
 */
export const lockForRefund = async (
  tx: Queryable,
  paymentId: string,
  ownKey: string,
): Promise<RefundLock> => {
  await tx.query('select from public.payments where id = $1::uuid for no key update', [paymentId]);
  // A statement of its own, so that it sees what the transaction waited for has written.
  const { rows } = await tx.query<{
    readonly key: string;
    readonly state: 'intended' | 'unknown' | 'succeeded' | 'failed';
    readonly request: { readonly captureId: string };
    readonly amount_minor: string;
    readonly result_ref: string | null;
    readonly error_code: string | null;
    readonly created_at: Date;
    readonly attempted_at: Date | null;
    readonly is_own: boolean;
  }>(
    `select key, state, request, amount_minor, result_ref, error_code, created_at, attempted_at, is_own
     from (select *, key = $2 or starts_with(key, $2 || ':') as is_own from private.provider_calls) c
     where payment_id = $1::uuid and operation = 'refund' and (state in ('intended', 'unknown') or is_own)
     order by created_at, key`,
    [paymentId, ownKey],
  );
  const ours = rows.filter((row) => row.is_own);
  const own = ours.at(-1);
  const others = rows.filter((row) => !row.is_own);
  return {
    nextKey: ours.length === 0 ? ownKey : `${ownKey}:${ours.length}`,
    reservedMinor: others.reduce((total, row) => total + BigInt(row.amount_minor), 0n),
    own:
      own === undefined
        ? null
        : {
            key: own.key,
            captureId: own.request.captureId,
            amountMinor: BigInt(own.amount_minor),
            state: own.state,
            refundId: own.result_ref,
            errorCode: own.error_code,
            createdAt: own.created_at.getTime(),
            attemptedAt: own.attempted_at?.getTime() ?? null,
          },
  };
};

export interface RefundIntention {
  readonly key: string;
  readonly paymentId: string;
  readonly provider: Provider;
  readonly captureId: string;
  readonly amountMinor: bigint;
}

/** Writes the refund that is about to be asked for, or that it is tried again now, as `now` says (milliseconds since 1970). */
export const intendRefund = async (tx: Queryable, refund: RefundIntention, now: number): Promise<void> => {
  await tx.query(
    `insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
     values ($1, $2::uuid, $3, 'refund', $4::json, $5::bigint)
     on conflict (key) do update set attempted_at = $6::timestamptz`,
    [
      refund.key,
      refund.paymentId,
      refund.provider,
      JSON.stringify({ captureId: refund.captureId }),
      refund.amountMinor.toString(),
      new Date(now).toISOString(),
    ],
  );
};
