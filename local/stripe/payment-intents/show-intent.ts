import type { StoredPaymentIntent } from '../stored-objects';

/** What the holder of a client secret may see (docs.stripe.com/api/payment_intents/retrieve). */
const publicFields = [
  'id',
  'object',
  'amount',
  'amount_details',
  'automatic_payment_methods',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
  'status',
] as const;

export function showIntent(intent: StoredPaymentIntent, isPublishable: boolean): object {
  if (!isPublishable) return intent;
  return Object.fromEntries(publicFields.map((name) => [name, intent[name]]));
}
