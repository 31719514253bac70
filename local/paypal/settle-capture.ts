import { findCapture } from './find-resource';
import { bookCapture, bookRefund } from './ledger';
import { notifyCapture, notifyRefund } from './notify';
import { refundedMinor, rememberRefund } from './refund-capture';
import type { Capture, Refund } from './state';
import type { World } from './world';

export type SettledStatus = 'COMPLETED' | 'DECLINED' | 'PENDING' | 'REVERSED';

/**
 * Something happens to a capture at PayPal's side: a pending one clears or is denied, or a completed one is
 * reversed. Steps that PayPal does not make (back to pending, out of declined) change nothing.
 * @returns whether anything changed
 */
export function settleCapture(world: World, id: string, to: SettledStatus, reason?: string): boolean {
  const capture = findCapture(world, id);
  if (to === 'REVERSED') return reverseCapture(world, capture);
  if (capture.status !== 'PENDING' || to === 'PENDING') return false;
  capture.status = to;
  capture.reason = to === 'DECLINED' ? reason : undefined;
  capture.settlement = undefined;
  capture.updatedAt = world.now();
  if (to === 'COMPLETED') bookCapture(world, capture);
  // A capture that was pending is "denied"; "declined" is the word for one refused at once.
  notifyCapture(world, to === 'COMPLETED' ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED', capture);
  return true;
}

/** PayPal takes back what is left of the capture: a refund nobody asked for, told as PAYMENT.CAPTURE.REVERSED. */
function reverseCapture(world: World, capture: Capture): boolean {
  if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED') return false;
  const { currency, minor } = capture.amount;
  const left = minor - refundedMinor(world, capture);
  if (left <= 0n) return false;
  const now = world.now();
  const reversal: Refund = {
    id: world.newId(17),
    captureId: capture.id,
    kind: 'reversal',
    amount: { currency, minor: left },
    status: 'COMPLETED',
    reason: undefined,
    noteToPayer: 'Payment reversed',
    invoiceId: capture.invoiceId,
    customId: capture.customId,
    totalRefunded: minor,
    createdAt: now,
    updatedAt: now,
  };
  rememberRefund(world, capture, reversal);
  capture.status = 'REFUNDED';
  capture.updatedAt = now;
  bookRefund(world, capture, reversal);
  notifyRefund(world, 'PAYMENT.CAPTURE.REVERSED', reversal);
  return true;
}
