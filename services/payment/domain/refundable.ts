import { AppError } from '#shared/errors/app-error';
import type { Fact } from './fact-kinds';
import { latestFacts } from './join-facts';

export interface Refundable {
  /** The capture to refund from. */
  readonly captureId: string;
  /** What is left of it, ISO 4217 minor units. */
  readonly leftMinor: bigint;
}

/**
 * What may still be refunded: captured, less what went back or is on its way back (pending refunds at the provider, and
 * `reservedMinor` for those of ours whose outcome is not known). Throws `payment_not_refundable` when nothing was captured.
 */
export const refundable = (facts: readonly Fact[], reservedMinor: bigint): Refundable => {
  const latest = latestFacts(facts);
  const capture = latest.find((fact) => fact.kind === 'capture' && fact.status === 'succeeded');
  if (capture === undefined)
    throw new AppError('payment_not_refundable', { detail: 'Nothing has been captured.' });
  const takenMinor = latest
    .filter(
      (f) =>
        f.kind === 'refund' && f.parentId === capture.objectId && ['pending', 'succeeded'].includes(f.status),
    )
    .reduce((total, refund) => total + refund.amountMinor, 0n);
  return { captureId: capture.objectId, leftMinor: capture.amountMinor - takenMinor - reservedMinor };
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
