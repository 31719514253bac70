import { approveCharge, assignBalance, failCharge } from './charges/settle-charge';
import { completeIntent, instrumentOf } from './payment-intents/charge-intent';
import { failAttempt } from './payment-intents/decline';
import { settleRefund } from './refunds/settle-refund';
import type { Job } from './store';
import type { StoredCharge } from './stored-objects';
import { updateObject } from './update-object';
import type { World } from './world';

/** Does what was due at a virtual time. A job whose object has moved on does nothing. */
export function runJob(world: World, job: Job): void {
  const { store } = world;
  const charge = store.charges.get(job.objectId);
  if (job.kind === 'assign_balance' && charge && !charge.balance_transaction) {
    world.emit('charge.updated', charge, assignBalance(world, charge));
  }
  if (job.kind === 'settle_charge' && charge?.status === 'pending') settleBankDebit(world, charge);
  if (job.kind === 'settle_refund') {
    const refund = store.refunds.get(job.objectId);
    if (refund) settleRefund(world, refund);
  }
  if (job.kind === 'expire_authorization') expireAuthorization(world, job.objectId);
}

function settleBankDebit(world: World, charge: StoredCharge): void {
  const intent = world.store.paymentIntents.get(charge.payment_intent ?? '');
  const method = world.store.paymentMethods.get(charge.payment_method ?? '');
  if (!intent || !method) return;
  const instrument = instrumentOf(world, method);
  if (instrument.type === 'us_bank_account' && instrument.failure) {
    failCharge(charge, instrument.failure);
    world.emit('charge.failed', charge);
    failAttempt(world, intent, method, instrument.failure, charge.id);
    return;
  }
  approveCharge(world, charge);
  completeIntent(world, intent, charge);
}

/** An authorization nobody captured lapses: the charge expires and Stripe cancels the intent. */
function expireAuthorization(world: World, intentId: string): void {
  const intent = world.store.paymentIntents.get(intentId);
  const charge = world.store.charges.get(intent?.latest_charge ?? '');
  if (intent?.status !== 'requires_capture' || !charge) return;
  const previous = updateObject(charge, { amount_refunded: charge.amount, refunded: true });
  world.emit('charge.expired', charge, previous);
  updateObject(intent, {
    status: 'canceled',
    canceled_at: world.nowSeconds(),
    cancellation_reason: 'automatic',
    amount_capturable: 0,
  });
  world.emit('payment_intent.canceled', intent);
}
