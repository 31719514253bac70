import { listObjects, listParams } from '../list-objects';
import { instrumentOf } from '../payment-intents/charge-intent';
import type { StripeRoute } from '../route';
import type { StoredPaymentMethod } from '../stored-objects';
import { missingResource, StripeRefusal, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { attachMethod } from './attach-method';
import { createFromData, resolvePaymentMethod } from './resolve-payment-method';

const path = '/v1/payment_methods';

/** /v1/payment_methods (docs.stripe.com/api/payment_methods). */
export function paymentMethodRoutes(world: World): StripeRoute[] {
  const { paymentMethods, customers } = world.store;
  const find = (id: string): StoredPaymentMethod => {
    const method = paymentMethods.get(id);
    if (!method) throw missingResource('PaymentMethod', id);
    return method;
  };
  const listOf =
    (url: string, customer: string | null | undefined): StripeRoute['handle'] =>
    (call) => {
      const type = call.params.text('type');
      const wanted = paymentMethods
        .all()
        .filter((one) => customer && one.customer === customer && (!type || one.type === type));
      return listObjects(url, wanted, call);
    };
  return [
    {
      method: 'POST',
      pattern: path,
      params: [
        'type',
        'card',
        'us_bank_account',
        'billing_details',
        'metadata',
        'allow_redisplay',
        'customer',
        'radar_options',
        'key',
        'guid',
        'muid',
        'sid',
        'payment_user_agent',
        'referrer',
        'time_on_page',
        '_stripe_version',
        'client_attribution_metadata',
      ],
      publishable: true,
      handle: ({ form }) => {
        const { expand: _expand, ...data } = form;
        return createFromData(world, data);
      },
    },
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'customer', 'type'],
      handle: (call) => listOf(path, call.params.text('customer'))(call),
    },
    {
      method: 'GET',
      pattern: '/v1/customers/{id}/payment_methods',
      params: [...listParams, 'type', 'allow_redisplay'],
      handle: (call) => listOf(`/v1/customers/${call.id}/payment_methods`, call.id)(call),
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => find(id) },
    {
      method: 'POST',
      pattern: `${path}/{id}/attach`,
      params: ['customer'],
      handle: ({ id, params }) => {
        const customer = params.requiredText('customer');
        const owner = customers.get(customer);
        if (!owner || owner.deleted) throw missingResource('customer', customer, 'customer');
        const method = resolvePaymentMethod(world, id);
        if (method.customer && method.customer !== customer) {
          throw unexpectedState(
            'payment_method_unexpected_state',
            'The payment method you provided has already been attached to a customer.',
          );
        }
        refuseDeclined(world, method);
        attachMethod(world, method, customer);
        return method;
      },
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/detach`,
      params: [],
      handle: ({ id }) => {
        const method = find(id);
        if (!method.customer) {
          throw unexpectedState(
            'payment_method_unexpected_state',
            'The payment method you provided is not attached to a customer so detachment is impossible.',
          );
        }
        world.emit('payment_method.detached', method, updateObject(method, { customer: null }));
        return method;
      },
    },
  ];
}

/** Saving a card asks the bank, so most declining cards are refused here too; one declines only when charged. */
function refuseDeclined(world: World, method: StoredPaymentMethod): void {
  const instrument = instrumentOf(world, method);
  if (instrument.type !== 'card' || !instrument.decline || instrument.number === '4000000000000341') return;
  const { code, declineCode, message } = instrument.decline;
  throw new StripeRefusal(402, { type: 'card_error', code, decline_code: declineCode, message });
}
