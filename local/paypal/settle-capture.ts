import { findCapture } from './find-resource';
import { bookCapture } from './ledger';
import { notifyCapture } from './notify';
import { reverseCapture } from './reverse-capture';
import type { World } from './world';

export type SettledStatus = 'COMPLETED' | 'DECLINED' | 'PENDING' | 'REVERSED';

/**
 * Something happens to a capture at PayPal's side: a pending one clears or is denied, or a completed one is
 * reversed. Steps that PayPal does not make (back to pending, out of declined) change nothing.
 * @returns whether anything changed
 */
export function settleCapture(
  world: World,
  id: string,
  to: SettledStatus,
  reason?: string,
  isHidden = false,
): boolean {
  const capture = findCapture(world, id);
  if (to === 'REVERSED') return reverseCapture(world, capture, { reason, isHidden }) !== undefined;
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
