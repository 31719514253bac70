import { checkAmount, readCurrency } from '../currencies';
import type { Params } from '../read-params';
import { missingResource } from '../stripe-error';
import type { World } from '../world';
import type { ConfirmTerms } from './confirm-intent';
import type { IntentTerms } from './new-payment-intent';
import { readMethodTypes } from './read-method-types';

/** Reads and checks what a new intent is to be. */
export function readIntentTerms(world: World, params: Params, version: string): IntentTerms {
  const amount = params.requiredInteger('amount');
  const currency = readCurrency(params.requiredText('currency'));
  checkAmount(amount, currency);

  return {
    amount,
    currency,
    ...readMethodTypes(params, currency, version),
    captureMethod:
      params.oneOf('capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
    confirmationMethod: params.oneOf('confirmation_method', ['automatic', 'manual']) ?? 'automatic',
    customer: readCustomer(world, params) ?? null,
    description: params.text('description') ?? null,
    metadata: params.metadata() ?? {},
    receiptEmail: params.text('receipt_email') ?? null,
    setupFutureUsage: params.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null,
    statementDescriptor: params.text('statement_descriptor') ?? null,
    statementDescriptorSuffix: params.text('statement_descriptor_suffix') ?? null,
    transferGroup: params.text('transfer_group') ?? null,
  };
}

/** The id of an existing customer; undefined when not given, null when unset. */
export function readCustomer(world: World, params: Params): string | null | undefined {
  const id = params.text('customer');
  if (!id) return id;
  const customer = world.store.customers.get(id);
  if (!customer || customer.deleted) throw missingResource('customer', id, 'customer');
  return id;
}

/** How a confirmation is to behave. */
export function readConfirmTerms(params: Params, isPublishable: boolean): ConfirmTerms {
  return {
    // `off_session` is a flag or one of 'one_off', 'recurring'.
    offSession:
      params.has('off_session') && !['false', '0', null].includes(params.text('off_session') ?? null),
    returnUrl: params.text('return_url') ?? null,
    usesSdk: isPublishable || params.flag('use_stripe_sdk') === true,
    errorOnRequiresAction: params.flag('error_on_requires_action') === true,
  };
}
