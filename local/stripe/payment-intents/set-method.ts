import { createFromData, resolvePaymentMethod } from '../payment-methods/resolve-payment-method';
import type { Params } from '../read-params';
import type { StoredPaymentIntent, StoredPaymentMethod } from '../stored-objects';
import { unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

/** The payment method a request names (`payment_method`) or describes (`payment_method_data`). */
export function readMethod(world: World, params: Params): StoredPaymentMethod | undefined {
  const id = params.text('payment_method');
  if (id) return resolvePaymentMethod(world, id);
  const data = params.object('payment_method_data');
  return data && createFromData(world, data);
}

/** Gives an intent its payment method, which belongs to nobody or to the intent's customer. */
export function setMethod(intent: StoredPaymentIntent, method: StoredPaymentMethod): void {
  if (method.customer && method.customer !== intent.customer) {
    throw unexpectedState(
      'payment_intent_invalid_parameter',
      `The provided PaymentMethod (${method.id}) belongs to a Customer. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      { param: 'payment_method' },
    );
  }
  const status = intent.status === 'requires_payment_method' ? 'requires_confirmation' : intent.status;
  updateObject(intent, { payment_method: method.id, status });
}
