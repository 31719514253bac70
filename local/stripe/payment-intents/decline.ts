import type { ChargeFailure } from '../charges/settle-charge';
import type { StoredPaymentIntent, StoredPaymentMethod } from '../stored-objects';
import { StripeRefusal } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

/** Puts an intent back to `requires_payment_method` with the error of the failed attempt, and tells so by event. */
export function failAttempt(
  world: World,
  intent: StoredPaymentIntent,
  method: StoredPaymentMethod,
  failure: ChargeFailure,
  chargeId: string | null,
): void {
  updateObject(intent, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    processing: null,
    latest_charge: chargeId ?? intent.latest_charge,
    last_payment_error: {
      ...(chargeId && { charge: chargeId }),
      code: failure.code,
      ...(failure.declineCode && { decline_code: failure.declineCode }),
      doc_url: `https://docs.stripe.com/error-codes/${failure.code.replaceAll('_', '-')}`,
      message: failure.message,
      payment_method: structuredClone(method),
      type: failure.code === authenticationFailure.code ? 'invalid_request_error' : 'card_error',
    },
  });
  world.emit('payment_intent.payment_failed', intent);
}

/** The 402 that the caller of confirm gets for a refused attempt. */
export function declinedError(
  intent: StoredPaymentIntent,
  method: StoredPaymentMethod,
  failure: ChargeFailure,
  chargeId: string | null,
): StripeRefusal {
  return new StripeRefusal(402, {
    type: 'card_error',
    code: failure.code,
    ...(failure.declineCode && { decline_code: failure.declineCode }),
    message: failure.message,
    ...(chargeId && { charge: chargeId }),
    payment_intent: structuredClone(intent),
    payment_method: structuredClone(method),
  });
}

export const authenticationRequired: ChargeFailure = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

export const authenticationFailure: ChargeFailure = {
  code: 'payment_intent_authentication_failure',
  message:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};
