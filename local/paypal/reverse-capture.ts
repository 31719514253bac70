import { bookRefund, bookReturnedReversal } from './ledger';
import { notifyRefund } from './notify';
import { refundedMinor, rememberRefund, updateCaptureStatus } from './refund-capture';
import type { Capture, Refund } from './state';
import type { World } from './world';

export type ReversalTerms = {
  /** Minor units; default all that is left. */
  amount?: bigint | undefined;
  /** What PayPal takes besides, minor units. */
  fee?: bigint | undefined;
  /** Shown as the capture's `status_details.reason`, such as CHARGEBACK. */
  reason?: string | undefined;
  /** The order does not list the reversal. */
  isHidden?: boolean | undefined;
};

/**
 * PayPal takes money of a capture back: a refund nobody asked for, told as PAYMENT.CAPTURE.REVERSED.
 * @returns the reversal, or undefined when there is nothing to take
 */
export function reverseCapture(world: World, capture: Capture, terms: ReversalTerms): Refund | undefined {
  if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED') return undefined;
  const { currency, minor } = capture.amount;
  const left = minor - refundedMinor(world, capture);
  const amount = terms.amount === undefined || terms.amount > left ? left : terms.amount;
  if (amount <= 0n) return undefined;
  const now = world.now();
  const reversal: Refund = {
    id: world.newId(17),
    captureId: capture.id,
    kind: 'reversal',
    isHidden: terms.isHidden ?? false,
    amount: { currency, minor: amount },
    status: 'COMPLETED',
    reason: undefined,
    noteToPayer: 'Payment reversed',
    invoiceId: capture.invoiceId,
    customId: capture.customId,
    totalRefunded: minor - left + amount,
    createdAt: now,
    updatedAt: now,
  };
  rememberRefund(world, capture, reversal);
  capture.reason = terms.reason;
  updateCaptureStatus(world, capture);
  bookRefund(world, capture, reversal, terms.fee);
  notifyRefund(world, 'PAYMENT.CAPTURE.REVERSED', reversal);
  return reversal;
}

/** Gives back what a reversal took: the refund is CANCELLED and the capture is ours again. PayPal has no event for it. */
export function returnReversal(world: World, capture: Capture, reversal: Refund): void {
  reversal.status = 'CANCELLED';
  reversal.updatedAt = world.now();
  capture.reason = undefined;
  updateCaptureStatus(world, capture);
  bookReturnedReversal(world, capture, reversal);
}
