import { assignBalance, captureCharge } from '../charges/settle-charge';
import { showAmount } from '../currencies';
import type { StoredPaymentIntent } from '../stored-objects';
import { invalidParam, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

const cancelable = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/**
 * Takes the authorized money of an intent in requires_capture.
 * @param amount in the currency's unit; undefined = all that is capturable
 */
export function captureIntent(world: World, intent: StoredPaymentIntent, amount: number | undefined): void {
  const charge = world.store.charges.get(intent.latest_charge ?? '');
  if (intent.status !== 'requires_capture' || !charge) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      { payment_intent: structuredClone(intent) },
    );
  }
  if (amount !== undefined && amount > intent.amount_capturable) {
    throw invalidParam(
      'amount_to_capture',
      `The provided amount_to_capture (${showAmount(amount, intent.currency)}) is greater than the capturable amount (${showAmount(intent.amount_capturable, intent.currency)}).`,
      'amount_too_large',
    );
  }
  if (amount !== undefined && amount < 1) {
    throw invalidParam('amount_to_capture', 'This value must be greater than or equal to 1.');
  }
  captureCharge(world, charge, amount ?? intent.amount_capturable);
  const previousCharge = { captured: false, amount_captured: 0, ...assignBalance(world, charge) };
  updateObject(intent, {
    status: 'succeeded',
    amount_received: charge.amount_captured,
    amount_capturable: 0,
  });
  world.emit('charge.captured', charge, previousCharge);
  world.emit('payment_intent.succeeded', intent);
}

/** Ends an intent without money; an authorization is released. */
export function cancelIntent(
  world: World,
  intent: StoredPaymentIntent,
  reason: StoredPaymentIntent['cancellation_reason'],
): void {
  if (!cancelable.includes(intent.status)) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`,
      { payment_intent: structuredClone(intent) },
    );
  }
  const charge = world.store.charges.get(intent.latest_charge ?? '');
  if (intent.status === 'processing') {
    // The bank already has the debit: Stripe takes a cancel only until it is sent, which the double treats as past.
    throw unexpectedState(
      'payment_intent_unexpected_state',
      'You cannot cancel this PaymentIntent because its payment is already being processed by the bank.',
      { payment_intent: structuredClone(intent) },
    );
  }
  if (intent.status === 'requires_capture' && charge) {
    const previous = updateObject(charge, { amount_refunded: charge.amount, refunded: true });
    world.emit('charge.refunded', charge, previous);
  }
  updateObject(intent, {
    status: 'canceled',
    canceled_at: world.nowSeconds(),
    cancellation_reason: reason,
    amount_capturable: 0,
    next_action: null,
  });
  world.emit('payment_intent.canceled', intent);
}
