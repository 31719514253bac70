import { newCharge } from '../charges/new-charge';
import {
  approveCharge,
  assignBalance,
  type ChargeFailure,
  captureCharge,
  failCharge,
} from '../charges/settle-charge';
import { openDispute } from '../disputes/open-dispute';
import { attachMethod } from '../payment-methods/attach-method';
import type { StoredCharge, StoredPaymentIntent, StoredPaymentMethod } from '../stored-objects';
import { type TestInstrument, testInstruments } from '../test-instruments';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { failAttempt } from './decline';

/** The test instrument behind a payment method. */
export function instrumentOf(world: World, method: StoredPaymentMethod): TestInstrument {
  const name = world.store.instruments.get(method.id)?.instrument ?? 'pm_card_visa';
  const instrument = testInstruments[name];
  if (!instrument) throw new Error(`no test instrument ${name}`);
  return instrument;
}

/**
 * Charges an intent whose payment method needs no (more) authentication, with the events of each outcome.
 * @returns how the network refused it and the failed charge's id, or null when it did not refuse
 */
export function chargeIntent(
  world: World,
  intent: StoredPaymentIntent,
  method: StoredPaymentMethod,
): { failure: ChargeFailure; chargeId: string } | null {
  const instrument = instrumentOf(world, method);
  const charge = world.store.charges.put(newCharge(world, intent, method));

  if (instrument.type === 'us_bank_account') {
    updateObject(intent, {
      status: 'processing',
      latest_charge: charge.id,
      next_action: null,
      last_payment_error: null,
    });
    world.emit('charge.pending', charge);
    world.emit('payment_intent.processing', intent);
    if (!instrument.staysProcessing) {
      world.schedule({ kind: 'settle_charge', objectId: charge.id }, world.timings.bankDebitMs);
    }
    return null;
  }
  if (instrument.decline) {
    failCharge(charge, instrument.decline);
    world.emit('charge.failed', charge);
    failAttempt(world, intent, method, instrument.decline, charge.id);
    return { failure: instrument.decline, chargeId: charge.id };
  }
  approveCharge(world, charge);
  if (intent.capture_method === 'manual') {
    updateObject(intent, {
      status: 'requires_capture',
      amount_capturable: charge.amount,
      latest_charge: charge.id,
      next_action: null,
      last_payment_error: null,
    });
    world.emit('charge.succeeded', charge);
    world.emit('payment_intent.amount_capturable_updated', intent);
    world.schedule({ kind: 'expire_authorization', objectId: intent.id }, world.timings.authorizationMs);
  } else {
    completeIntent(world, intent, charge);
  }
  if (intent.setup_future_usage && intent.customer) attachMethod(world, method, intent.customer);
  if (instrument.dispute) openDispute(world, charge, instrument.dispute);
  return null;
}

/** The money of an approved charge is ours: captures it, ends the intent, tells both by event. */
export function completeIntent(world: World, intent: StoredPaymentIntent, charge: StoredCharge): void {
  captureCharge(world, charge, charge.amount);
  if (intent.capture_method === 'automatic_async') {
    world.schedule({ kind: 'assign_balance', objectId: charge.id }, world.timings.asyncCaptureMs);
  } else {
    assignBalance(world, charge);
  }
  updateObject(intent, {
    status: 'succeeded',
    amount_received: charge.amount,
    latest_charge: charge.id,
    next_action: null,
    processing: null,
    last_payment_error: null,
  });
  world.emit('charge.succeeded', charge);
  world.emit('payment_intent.succeeded', intent);
}
