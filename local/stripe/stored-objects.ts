import type Stripe from 'stripe';

/** An official type as it is stored: references are ids, expansion happens when an answer is made. */
type Unexpanded<T> = {
  [K in keyof T]: string extends T[K] ? Exclude<T[K], { object: string }> : T[K];
};

export type StoredCustomer = Unexpanded<Omit<Stripe.Customer, 'deleted'>> & { deleted?: true };
export type StoredPaymentMethod = Unexpanded<Stripe.PaymentMethod>;
export type StoredPaymentIntent = Unexpanded<Omit<Stripe.PaymentIntent, 'last_payment_error'>> & {
  last_payment_error: Record<string, unknown> | null;
};
export type StoredCharge = Unexpanded<Omit<Stripe.Charge, 'refunds'>>;
export type StoredRefund = Unexpanded<Stripe.Refund>;
export type StoredBalanceTransaction = Unexpanded<Stripe.BalanceTransaction>;
export type StoredDispute = Unexpanded<Omit<Stripe.Dispute, 'balance_transactions'>> & {
  balance_transactions: StoredBalanceTransaction[];
};
export type StoredPayout = Unexpanded<Stripe.Payout>;
export type StoredWebhookEndpoint = Omit<Stripe.WebhookEndpoint, 'deleted' | 'secret'>;
export type StoredProduct = Unexpanded<Omit<Stripe.Product, 'deleted'>>;
export type StoredPrice = Unexpanded<Omit<Stripe.Price, 'deleted' | 'unit_amount_decimal'>> & {
  unit_amount_decimal: string | null;
};

/** An event is kept as the text that is delivered. */
export interface StoredEvent {
  id: string;
  type: string;
  created: number;
  body: string;
}

/** An event as it shows. */
export interface EventObject {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: unknown; previous_attributes?: Record<string, unknown> };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null } | null;
  type: string;
}
