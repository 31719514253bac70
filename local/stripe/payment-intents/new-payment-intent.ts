import type { StoredPaymentIntent } from '../stored-objects';
import type { World } from '../world';

export interface IntentTerms {
  amount: number;
  currency: string;
  captureMethod: StoredPaymentIntent['capture_method'];
  confirmationMethod: StoredPaymentIntent['confirmation_method'];
  /** Null = the caller named the types. */
  automaticMethods: StoredPaymentIntent['automatic_payment_methods'];
  /** What the caller restricted the methods to; null = to nothing. */
  allowedTypes: StoredPaymentIntent['allowed_payment_method_types'];
  excludedTypes: StoredPaymentIntent['excluded_payment_method_types'];
  /** The types that result. */
  methodTypes: string[];
  customer: string | null;
  description: string | null;
  metadata: Record<string, string>;
  receiptEmail: string | null;
  setupFutureUsage: StoredPaymentIntent['setup_future_usage'];
  statementDescriptor: string | null;
  statementDescriptorSuffix: string | null;
  transferGroup: string | null;
}

/** A payment intent as it is before any payment method. */
export function newPaymentIntent(world: World, terms: IntentTerms): StoredPaymentIntent {
  const id = world.newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: terms.allowedTypes,
    amount: terms.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: terms.automaticMethods,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: terms.captureMethod,
    client_secret: `${id}_secret_${world.random.text(25)}`,
    confirmation_method: terms.confirmationMethod,
    created: world.nowSeconds(),
    currency: terms.currency,
    customer: terms.customer,
    customer_account: null,
    description: terms.description,
    excluded_payment_method_types: terms.excludedTypes,
    last_payment_error: null,
    latest_charge: null,
    livemode: world.livemode,
    managed_payments: null,
    metadata: terms.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: terms.methodTypes.includes('card')
      ? {
          card: {
            installments: null,
            mandate_options: null,
            network: null,
            request_three_d_secure: 'automatic',
          },
        }
      : {},
    payment_method_types: terms.methodTypes,
    payment_record: null,
    processing: null,
    receipt_email: terms.receiptEmail,
    review: null,
    setup_future_usage: terms.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: terms.statementDescriptor,
    statement_descriptor_suffix: terms.statementDescriptorSuffix,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: terms.transferGroup,
  };
}
