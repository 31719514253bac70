import { checkAmount, readCurrency } from '../currencies';
import { type Params, readParams } from '../read-params';
import type { StoredPaymentIntent } from '../stored-objects';
import { invalidParam, missingResource } from '../stripe-error';
import type { World } from '../world';
import type { ConfirmTerms } from './confirm-intent';
import type { IntentTerms } from './new-payment-intent';

/** Reads and checks what a new intent is to be. */
export function readIntentTerms(world: World, params: Params): IntentTerms {
  const amount = params.requiredInteger('amount');
  const currency = readCurrency(params.requiredText('currency'));
  checkAmount(amount, currency);
  const { automaticMethods, methodTypes } = readMethodTypes(params, currency);
  return {
    amount,
    currency,
    automaticMethods,
    methodTypes,
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

function readMethodTypes(
  params: Params,
  currency: string,
): { automaticMethods: StoredPaymentIntent['automatic_payment_methods']; methodTypes: string[] } {
  const named = params.texts('payment_method_types');
  const automatic = params.object('automatic_payment_methods');
  const options = automatic && readParams(automatic, ['enabled', 'allow_redirects']);
  const isEnabled = options?.flag('enabled') ?? named.length === 0;
  if (options && isEnabled && named.length > 0) {
    throw invalidParam(
      'payment_method_types',
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
    );
  }
  for (const type of named) {
    if (!['card', 'us_bank_account', 'link'].includes(type)) {
      throw invalidParam(
        'payment_method_types',
        `The payment method type "${type}" is invalid. Please ensure the provided type is activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features that you are trying to use.`,
        'payment_intent_invalid_parameter',
      );
    }
  }
  if (!isEnabled) {
    return { automaticMethods: null, methodTypes: named.length > 0 ? named : ['card'] };
  }
  const allowRedirects = options?.oneOf('allow_redirects', ['always', 'never']) ?? 'always';
  return {
    automaticMethods: { enabled: true, allow_redirects: allowRedirects },
    methodTypes: currency === 'usd' ? ['card', 'link', 'us_bank_account'] : ['card', 'link'],
  };
}
