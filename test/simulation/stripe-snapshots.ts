import { latestCharge, type ModelCharge, type ModelIntent, type ModelRefund } from './model-intent';

const metadataOf = (intent: ModelIntent) => ({ payment_id: intent.paymentId, user_id: 'user_1' });

/** A refund as Stripe sends it; its metadata is its own, so it names no payment of ours. */
export const refundSnapshot = (intent: ModelIntent, charge: ModelCharge, refund: ModelRefund) => ({
  object: 'refund',
  id: refund.id,
  status: refund.status,
  amount: refund.amount,
  currency: intent.currency,
  charge: charge.id,
  payment_intent: intent.id,
  metadata: {},
});

/**
 * A charge as Stripe sends it.
 *
 * @param detail `event` as in webhooks, where the balance transaction is an id; `events_of_old` as in API versions before
 * 2022-11-15, which list the refunds; `asked` as we ask for it, both expanded
 */
export const chargeSnapshot = (
  intent: ModelIntent,
  charge: ModelCharge,
  detail: 'event' | 'events_of_old' | 'asked',
) => {
  const transaction = `txn_${charge.id}`;
  const expanded = { id: transaction, fee: charge.fee ?? 0, currency: intent.currency };
  const refunds = charge.refunds.map((refund) => refundSnapshot(intent, charge, refund));
  return {
    object: 'charge',
    id: charge.id,
    status: charge.status,
    captured: charge.captured,
    amount: intent.amount,
    amount_captured: charge.amountCaptured,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: metadataOf(intent),
    balance_transaction: charge.fee === null ? null : detail === 'asked' ? expanded : transaction,
    ...(detail === 'event' ? {} : { refunds: { object: 'list', data: refunds } }),
  };
};

/** A payment intent as Stripe sends it; `asked` with its latest charge expanded, as in our own calls. */
export const intentSnapshot = (intent: ModelIntent, detail: 'event' | 'asked') => {
  const charge = latestCharge(intent);
  return {
    object: 'payment_intent',
    id: intent.id,
    status: intent.status,
    amount: intent.amount,
    amount_received: charge?.amountCaptured ?? 0,
    currency: intent.currency,
    metadata: metadataOf(intent),
    latest_charge:
      charge === null || detail === 'event' ? (charge?.id ?? null) : chargeSnapshot(intent, charge, detail),
    last_payment_error:
      intent.lastError === null ? null : { code: 'card_declined', decline_code: intent.lastError },
  };
};
