import { checkAmount, readCurrency } from '../currencies';
import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { Params } from '../read-params';
import type { StripeCall, StripeRoute } from '../route';
import { searchObjects } from '../search-objects';
import type { StoredPaymentIntent } from '../stored-objects';
import { missingResource, StripeRefusal, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { checkReturnUrl, confirmIntent } from './confirm-intent';
import { cancelIntent, captureIntent } from './end-intent';
import { confirmParams, createParams, updateParams } from './intent-params';
import { newPaymentIntent } from './new-payment-intent';
import { refuseMethodTypes } from './read-method-types';
import { readConfirmTerms, readCustomer, readIntentTerms } from './read-terms';
import { readMethod, setMethod } from './set-method';
import { showIntent } from './show-intent';

const path = '/v1/payment_intents';

/** /v1/payment_intents (docs.stripe.com/api/payment_intents). */
export function paymentIntentRoutes(world: World): StripeRoute[] {
  const { paymentIntents } = world.store;

  /** The intent of a call; a publishable key needs its client secret. */
  function find({ id, params, isPublishable }: StripeCall): StoredPaymentIntent {
    const intent = paymentIntents.get(id);
    if (!intent) throw missingResource('payment_intent', id, 'intent');
    const secret = params.text('client_secret');
    if ((isPublishable || secret) && secret !== intent.client_secret) {
      const message =
        'The client_secret provided does not match the client_secret associated with the PaymentIntent.';
      throw new StripeRefusal(400, {
        type: 'invalid_request_error',
        code: 'payment_intent_invalid_parameter',
        message,
        param: 'client_secret',
      });
    }
    return intent;
  }

  function create({ params, isPublishable, version }: StripeCall): StoredPaymentIntent {
    const terms = readIntentTerms(world, params, version);
    const confirmTerms = readConfirmTerms(params, isPublishable);
    const isConfirmed = params.flag('confirm') === true;
    if (isConfirmed) checkReturnUrl(terms.automaticMethods, confirmTerms);
    const method = readMethod(world, params);
    const intent = newPaymentIntent(world, terms);
    if (method) setMethod(intent, method);
    paymentIntents.put(intent);
    world.emit('payment_intent.created', intent);
    if (isConfirmed) confirmIntent(world, intent, confirmTerms);
    return intent;
  }

  function update(call: StripeCall): StoredPaymentIntent {
    const intent = find(call);
    const { params } = call;
    refuseMethodTypes(params, call.version);
    changeTerms(intent, params);
    const method = readMethod(world, params);
    const customer = readCustomer(world, params);
    const metadata = params.metadata();
    updateObject(intent, {
      customer: customer === undefined ? intent.customer : customer,
      metadata: mergeMetadata(intent.metadata, metadata),
      ...(params.has('description') && { description: params.text('description') ?? null }),
      ...(params.has('receipt_email') && { receipt_email: params.text('receipt_email') ?? null }),
    });
    if (method) setMethod(intent, method);
    return intent;
  }

  function confirm(call: StripeCall): StoredPaymentIntent {
    const intent = find(call);
    refuseMethodTypes(call.params, call.version);
    const method = readMethod(world, call.params);
    const isOpen = ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(
      intent.status,
    );
    if (method && isOpen) setMethod(intent, method);
    confirmIntent(world, intent, readConfirmTerms(call.params, call.isPublishable));
    return intent;
  }

  return [
    { method: 'POST', pattern: path, params: createParams, handle: create },
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'customer'],
      handle: (call) => {
        const customer = call.params.text('customer');
        return listObjects(
          path,
          paymentIntents.all().filter((one) => !customer || one.customer === customer),
          call,
        );
      },
    },
    {
      method: 'GET',
      pattern: `${path}/search`,
      params: ['query', 'limit', 'page'],
      handle: (call) => searchObjects(`${path}/search`, paymentIntents.all(), call),
    },
    {
      method: 'GET',
      pattern: `${path}/{id}`,
      params: ['client_secret', 'key', 'is_stripe_sdk', '_stripe_version'],
      publishable: true,
      handle: (call) => showIntent(find(call), call.isPublishable),
    },
    { method: 'POST', pattern: `${path}/{id}`, params: updateParams, handle: update },
    {
      method: 'POST',
      pattern: `${path}/{id}/confirm`,
      params: confirmParams,
      publishable: true,
      handle: (call) => showIntent(confirm(call), call.isPublishable),
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/capture`,
      params: [
        'amount_to_capture',
        'metadata',
        'statement_descriptor',
        'statement_descriptor_suffix',
        'final_capture',
        'application_fee_amount',
        'transfer_data',
        'amount_details',
        'payment_details',
      ],
      handle: (call) => {
        const intent = find(call);
        captureIntent(world, intent, call.params.integer('amount_to_capture'));
        updateObject(intent, { metadata: mergeMetadata(intent.metadata, call.params.metadata()) });
        return intent;
      },
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/cancel`,
      params: ['cancellation_reason'],
      handle: (call) => {
        const intent = find(call);
        const reasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;
        cancelIntent(world, intent, call.params.oneOf('cancellation_reason', reasons) ?? null);
        return intent;
      },
    },
  ];
}

const amendable = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

function changeTerms(intent: StoredPaymentIntent, params: Params): void {
  const amount = params.integer('amount') ?? intent.amount;
  const currency = params.has('currency') ? readCurrency(params.requiredText('currency')) : intent.currency;
  if (amount === intent.amount && currency === intent.currency) return;
  if (!amendable.includes(intent.status)) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `This PaymentIntent's amount could not be updated because it has a status of ${intent.status}. You may only update the amount of a PaymentIntent with one of the following statuses: ${amendable.join(', ')}.`,
      { payment_intent: structuredClone(intent) },
    );
  }
  checkAmount(amount, currency);
  updateObject(intent, { amount, currency });
}
