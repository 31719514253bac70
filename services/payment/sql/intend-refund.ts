import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

export interface RefundLock {
  /** What other refunds under way may still take, ISO 4217 minor units. */
  readonly reservedMinor: bigint;
  /** The refund of that key as it was first intended, by a try that died or failed. */
  readonly own: {
    readonly captureId: string;
    readonly amountMinor: bigint;
    readonly state: 'intended' | 'unknown' | 'succeeded' | 'failed';
    /** The provider's id of the refund, once it was made. */
    readonly refundId: string | null;
    /** Milliseconds since 1970. */
    readonly createdAt: number;
  } | null;
}

/**
 * Locks a payment against other refunds and gives what has been intended for it. To be called first in the transaction that
 * calls `intendRefund`.
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
    readonly created_at: Date;
  }>(
    `select key, state, request, amount_minor, result_ref, created_at from private.provider_calls
     where payment_id = $1::uuid and operation = 'refund' and (state in ('intended', 'unknown') or key = $2)`,
    [paymentId, ownKey],
  );
  const own = rows.find(({ key }) => key === ownKey);
  const others = rows.filter(({ key }) => key !== ownKey);
  return {
    reservedMinor: others.reduce((total, row) => total + BigInt(row.amount_minor), 0n),
    own:
      own === undefined
        ? null
        : {
            captureId: own.request.captureId,
            amountMinor: BigInt(own.amount_minor),
            state: own.state,
            refundId: own.result_ref,
            createdAt: own.created_at.getTime(),
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

/** Writes the refund that is about to be asked for. Writing it again changes nothing, unless it was refused before. */
export const intendRefund = async (tx: Queryable, refund: RefundIntention): Promise<void> => {
  await tx.query(
    `insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
     values ($1, $2::uuid, $3, 'refund', $4::json, $5::bigint)
     on conflict (key) do update set state = 'intended' where provider_calls.state = 'failed'`,
    [
      refund.key,
      refund.paymentId,
      refund.provider,
      JSON.stringify({ captureId: refund.captureId }),
      refund.amountMinor.toString(),
    ],
  );
};
