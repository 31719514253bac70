import type { Fact } from '../domain/fact-kinds';

/** What decides whether PayPal took a capture back; of Payments v2 `capture`. */
export interface CaptureState {
  readonly id: string;
  readonly status: string;
  /** `status_details.reason`. */
  readonly reason: string | undefined;
  /** When PayPal last changed the capture, ISO 8601. */
  readonly updateTime: string | undefined;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What the order's refunds of it come to, pending ones too, those that failed not. */
  readonly refundedMinor: bigint;
}

/** Milliseconds: the longest lag that PayPal documents for its own books (Transaction Search, "up to three hours"). */
export const SETTLED_AFTER_MS = 3 * 3_600_000;

/**
 * Money that PayPal took back without a refund that we could see: a `withdrawal` of what is missing, keyed by the capture.
 *
 * PayPal tells of a reversal by PAYMENT.CAPTURE.REVERSED with a refund as its resource. Where the order lists that refund, it is
 * a refund like any other, under its own id, and nothing is missing. Where it does not, these show it:
 * - the capture is REFUNDED, but the order's refunds do not add up to it;
 * - or it is PENDING or declined with the reason CHARGEBACK ("the captured funds were reversed"). BUYER_COMPLAINT is none: a
 *   dispute was opened, and PayPal holds the money.
 *
 * A refund that is merely not listed yet looks the same, and facts cannot be taken back. So the difference counts only once the
 * capture has not changed for three hours; what comes to be listed within that time is a refund, for ever. Until then the
 * money shows as ours: the dispute tells what is going on, and whoever asks later (event, sweep, drift repair) books it.
 *
 * The part of a PARTIALLY_REFUNDED capture that no refund explains cannot be told, so it is left to the drift report.
 *
 * @param seenAt when PayPal said so, ISO 8601
 */
export const withdrawalOf = (capture: CaptureState, seenAt: string): readonly Fact[] => {
  const missingMinor = missingOf(capture);
  if (missingMinor === 0n || !isSettled(capture.updateTime, seenAt)) return [];
  return [
    {
      kind: 'withdrawal',
      objectId: capture.id,
      status: 'withdrawn',
      amountMinor: missingMinor,
      currency: capture.currency,
      parentId: capture.id,
    },
  ];
};

/** What left a capture that no refund explains, or seems to. */
export const missingOf = (capture: CaptureState): bigint => {
  const isGone =
    capture.status === 'REFUNDED' || (capture.reason === 'CHARGEBACK' && capture.status !== 'COMPLETED');
  const left = capture.amountMinor - capture.refundedMinor;
  return isGone && left > 0n ? left : 0n;
};

const DISPUTE_REASONS: ReadonlySet<string | undefined> = new Set(['BUYER_COMPLAINT', 'CHARGEBACK']);

/** Whether a capture looks as if somebody disputes it, so that it is worth asking for its disputes. */
export const looksDisputed = (capture: CaptureState): boolean =>
  DISPUTE_REASONS.has(capture.reason) ||
  missingOf(capture) > 0n ||
  (capture.status === 'PARTIALLY_REFUNDED' && capture.refundedMinor === 0n);

const isSettled = (updateTime: string | undefined, seenAt: string): boolean =>
  Date.parse(seenAt) - Date.parse(updateTime ?? '') >= SETTLED_AFTER_MS;
