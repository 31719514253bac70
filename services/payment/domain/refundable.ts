import { AppError } from '#shared/errors/app-error';
import type { DisputeStatus } from './dispute-status';
import type { Fact, FactKind } from './fact-kinds';
import { latestFacts } from './join-facts';

export interface Refundable {
  /** The capture to refund from. */
  readonly captureId: string;
  /** What is left of it, ISO 4217 minor units. */
  readonly leftMinor: bigint;
}

/** A dispute that is being fought. An inquiry is not one of them: a refund is how most inquiries end, and no money is withheld. */
const fought: ReadonlySet<string> = new Set<DisputeStatus>(['needs_response', 'under_review']);

/**
 * What may still be refunded: captured, less what went back or is on its way back (pending refunds at the provider,
 * withdrawals for disputes, and `reservedMinor` for refunds of ours whose outcome is not known). Throws
 * `payment_not_refundable` when nothing was captured, and while a dispute is fought: lost after a refund, it would
 * return the same money twice.
 */
export const refundable = (facts: readonly Fact[], reservedMinor: bigint): Refundable => {
  const latest = latestFacts(facts);
  const capture = latest.find((fact) => fact.kind === 'capture' && fact.status === 'succeeded');
  if (capture === undefined)
    throw new AppError('payment_not_refundable', { detail: 'Nothing has been captured.' });
  if (latest.some((fact) => fact.kind === 'dispute' && fought.has(fact.status)))
    throw new AppError('payment_not_refundable', { detail: 'A dispute about this payment is open.' });
  const parts = latest.filter((fact) => fact.parentId === capture.objectId);
  const total = (kind: FactKind, ...statuses: readonly string[]): bigint =>
    parts
      .filter((fact) => fact.kind === kind && statuses.includes(fact.status))
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const reversedMinor = total('withdrawal', 'withdrawn') - total('reinstatement', 'reinstated');
  // What was reinstated before its withdrawal is known makes nothing more to refund.
  const withheldMinor = reversedMinor > 0n ? reversedMinor : 0n;
  const goneMinor = total('refund', 'pending', 'succeeded') + withheldMinor + reservedMinor;
  return { captureId: capture.objectId, leftMinor: capture.amountMinor - goneMinor };
};

/** The amount of a refund: what was asked for, or all that is left. Throws `payment_not_refundable`. */
export const amountToRefund = ({ leftMinor }: Refundable, wishedMinor: bigint | null): bigint => {
  const amountMinor = wishedMinor ?? leftMinor;
  if (amountMinor <= 0n || amountMinor > leftMinor) {
    throw new AppError('payment_not_refundable', {
      detail: `${leftMinor > 0n ? leftMinor : 0n} is left to refund.`,
    });
  }
  return amountMinor;
};
