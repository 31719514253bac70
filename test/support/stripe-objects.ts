/** Stripe objects as the API sends them, reduced to a story: one payment intent with its charges and refunds. */
export interface StoryOptions {
  readonly intent?: string;
  readonly charge?: string;
  readonly paymentId?: string;
  readonly amount?: number;
  readonly currency?: string;
}

export const stripeStory = (options: StoryOptions = {}) => {
  const intentId = options.intent ?? 'pi_1';
  const chargeId = options.charge ?? 'ch_1';
  const amount = options.amount ?? 1999;
  const currency = options.currency ?? 'usd';
  const metadata = options.paymentId === undefined ? {} : { payment_id: options.paymentId };
  const intent = (status: string, more: object = {}) => ({
    object: 'payment_intent',
    id: intentId,
    status,
    amount,
    amount_received: status === 'succeeded' ? amount : 0,
    currency,
    created: 1_760_000_000,
    metadata,
    latest_charge: status === 'succeeded' ? chargeId : null,
    last_payment_error: null,
    ...more,
  });
  const charge = (status: string, more: object = {}) => ({
    object: 'charge',
    id: chargeId,
    status,
    captured: status === 'succeeded',
    amount,
    amount_captured: status === 'succeeded' ? amount : 0,
    amount_refunded: 0,
    currency,
    created: 1_760_000_001,
    payment_intent: intentId,
    metadata,
    balance_transaction: null,
    ...more,
  });
  const refund = (id: string, refunded: number, status: string) => ({
    object: 'refund',
    id,
    status,
    amount: refunded,
    currency,
    created: 1_760_000_100,
    charge: chargeId,
    payment_intent: intentId,
    metadata: {},
  });
  const event = (id: string, type: string, object: object, created = 1_760_000_010) => ({
    id,
    object: 'event',
    type,
    created,
    livemode: false,
    data: { object },
  });
  return { intentId, chargeId, intent, charge, refund, event };
};
