import { bookBalance, recordMovement } from '../balance-transactions';
import type { StoredRefund } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';

/** The end of a refund that took time: a pending one succeeds, a seemingly succeeded one comes back from the bank. */
export function settleRefund(world: World, refund: StoredRefund): void {
  if (refund.status === 'pending') {
    const previous = updateObject(refund, { status: 'succeeded', pending_reason: undefined });
    tellUpdated(world, refund, previous);
  } else if (refund.status === 'succeeded') {
    failRefund(world, refund, 'expired_or_canceled_card');
  }
}

/** The bank returned the money of a refund to us. */
export function failRefund(world: World, refund: StoredRefund, reason: string): void {
  const booked = bookBalance(world, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    description: 'REFUND FAILURE',
    source: refund.id,
  });
  recordMovement(world, {
    id: `${refund.id}_failure`,
    kind: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    objects: { refund: refund.id, charge: refund.charge ?? '', payment_intent: refund.payment_intent ?? '' },
    paymentId: world.store.charges.get(refund.charge ?? '')?.metadata.payment_id ?? null,
  });
  const previous = updateObject(refund, {
    status: 'failed',
    failure_reason: reason,
    failure_balance_transaction: booked.id,
  });
  const charge = world.store.charges.get(refund.charge ?? '');
  if (charge)
    updateObject(charge, { amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
  tellUpdated(world, refund, previous);
  world.emit('refund.failed', refund, previous);
}

function tellUpdated(world: World, refund: StoredRefund, previous: Record<string, unknown>): void {
  world.emit('refund.updated', refund, previous);
  world.emit('charge.refund.updated', refund, previous);
}
