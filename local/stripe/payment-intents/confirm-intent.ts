import type { StoredPaymentIntent } from '../stored-objects';
import { StripeRefusal, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { chargeIntent, instrumentOf } from './charge-intent';
import { authenticationFailure, authenticationRequired, declinedError, failAttempt } from './decline';

export interface ConfirmTerms {
  /** The customer is not there to authenticate. */
  offSession: boolean;
  returnUrl: string | null;
  /** stripe.js confirms: it handles the next action itself. */
  usesSdk: boolean;
  errorOnRequiresAction: boolean;
}

const confirmable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/**
 * Attempts the payment with the intent's payment method: it ends in requires_action, processing, requires_capture or
 * succeeded.
 * @throws StripeRefusal payment_intent_unexpected_state; card errors (402) after the intent went back to
 * requires_payment_method
 */
export function confirmIntent(world: World, intent: StoredPaymentIntent, terms: ConfirmTerms): void {
  checkConfirmable(intent);
  checkReturnUrl(intent.automatic_payment_methods, terms);
  const method = world.store.paymentMethods.get(intent.payment_method ?? '');
  if (!method) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { payment_intent: structuredClone(intent) },
    );
  }
  if (!intent.payment_method_types.includes(method.type)) {
    throw unexpectedState(
      'payment_intent_invalid_parameter',
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. This PaymentIntent is configured to accept: ${intent.payment_method_types.join(', ')}.`,
      { param: 'payment_method' },
    );
  }
  const instrument = instrumentOf(world, method);
  const wanted = instrument.type === 'card' ? instrument.authentication : undefined;
  const isSaved = method.customer !== null;
  const mustAuthenticate = wanted === 'always' || (wanted && !(terms.offSession && isSaved));
  if (mustAuthenticate && (terms.offSession || terms.errorOnRequiresAction)) {
    failAttempt(world, intent, method, authenticationRequired, null);
    throw declinedError(intent, method, authenticationRequired, null);
  }
  if (mustAuthenticate) {
    updateObject(intent, {
      status: 'requires_action',
      next_action: nextAction(world, intent, terms),
      last_payment_error: null,
    });
    world.emit('payment_intent.requires_action', intent);
    return;
  }
  const refused = chargeIntent(world, intent, method);
  if (refused) throw declinedError(intent, method, refused.failure, refused.chargeId);
}

/**
 * Ends the 3-D Secure step of an intent in requires_action: success goes on to the charge, failure back to
 * requires_payment_method. A refusal by the network after that shows in the intent, nobody is there to get a 402.
 */
export function authenticateIntent(
  world: World,
  intent: StoredPaymentIntent,
  outcome: 'succeed' | 'fail',
): void {
  const method = world.store.paymentMethods.get(intent.payment_method ?? '');
  if (intent.status !== 'requires_action' || !method) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `This PaymentIntent has a status of ${intent.status}: there is nothing to authenticate.`,
    );
  }
  if (outcome === 'succeed') chargeIntent(world, intent, method);
  else failAttempt(world, intent, method, authenticationFailure, null);
}

function checkConfirmable(intent: StoredPaymentIntent): void {
  if (confirmable.includes(intent.status)) return;
  const message =
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`;
  throw unexpectedState('payment_intent_unexpected_state', message, {
    payment_intent: structuredClone(intent),
  });
}

/** With dashboard-managed methods that may redirect, a server-side confirm must say where the customer comes back. */
export function checkReturnUrl(
  automatic: StoredPaymentIntent['automatic_payment_methods'],
  terms: ConfirmTerms,
): void {
  const mayRedirect = automatic?.enabled && automatic.allow_redirects !== 'never';
  if (!mayRedirect || terms.returnUrl || terms.usesSdk || terms.offSession) return;
  throw new StripeRefusal(400, {
    type: 'invalid_request_error',
    message:
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  });
}

function nextAction(
  world: World,
  intent: StoredPaymentIntent,
  terms: ConfirmTerms,
): StoredPaymentIntent['next_action'] {
  const page = `${world.baseUrl()}/3ds/${intent.id}?client_secret=${intent.client_secret}`;
  if (terms.returnUrl && !terms.usesSdk) {
    const url = `${page}&return_url=${encodeURIComponent(terms.returnUrl)}`;
    return { type: 'redirect_to_url', redirect_to_url: { url, return_url: terms.returnUrl } };
  }
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page, source: world.newId('src') },
  };
}
