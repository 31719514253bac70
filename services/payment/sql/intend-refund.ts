import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/**
 * Locks a payment against other refunds and gives what refunds under way may still take of it, ISO 4217 minor units. To be
 * called first in the transaction that calls `intendRefund`.
 */
export const lockForRefund = async (tx: Queryable, paymentId: string, ownKey: string): Promise<bigint> => {
  await tx.query('select from public.payments where id = $1::uuid for no key update', [paymentId]);
  // A statement of its own, so that it sees what the transaction waited for has written.
  const { rows } = await tx.query<{ readonly reserved: string }>(
    `select coalesce(sum(amount_minor), 0) as reserved
     from private.provider_calls
     where payment_id = $1::uuid and operation = 'refund' and state in ('intended', 'unknown') and key <> $2`,
    [paymentId, ownKey],
  );
  return BigInt(rows[0]?.reserved ?? 0);
};

export interface RefundIntention {
  readonly key: string;
  readonly paymentId: string;
  readonly provider: Provider;
  readonly captureId: string;
  readonly amountMinor: bigint;
}

/** Writes the refund that is about to be asked for. Writing it again changes nothing. */
export const intendRefund = async (tx: Queryable, refund: RefundIntention): Promise<void> => {
  await tx.query(
    `insert into private.provider_calls (key, payment_id, provider, operation, request, amount_minor)
     values ($1, $2::uuid, $3, 'refund', $4::json, $5::bigint)
     on conflict (key) do nothing`,
    [
      refund.key,
      refund.paymentId,
      refund.provider,
      JSON.stringify({ captureId: refund.captureId }),
      refund.amountMinor.toString(),
    ],
  );
};
