import {
  latestCharge,
  type ModelCharge,
  type ModelDispute,
  type ModelIntent,
  type ModelRefund,
} from './model-intent';

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

/** A dispute as Stripe sends it: all that it moved stands in it. */
export const disputeSnapshot = (intent: ModelIntent, charge: ModelCharge, dispute: ModelDispute) => ({
  object: 'dispute',
  id: dispute.id,
  status: dispute.status,
  amount: dispute.amount,
  currency: intent.currency,
  charge: charge.id,
  payment_intent: intent.id,
  metadata: {},
  balance_transactions: dispute.movements.map((movement) => ({ ...movement, currency: intent.currency })),
});

/** A payout as Stripe sends it. */
export const payoutSnapshot = (payout: { readonly id: string; readonly amount: number; status: string }) => ({
  object: 'payout',
  id: payout.id,
  status: payout.status,
  amount: payout.amount,
  currency: 'usd',
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
    disputed: charge.disputes.length > 0,
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
