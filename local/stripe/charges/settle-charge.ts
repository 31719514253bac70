import { bookBalance, chargeFee, recordMovement } from '../balance-transactions';
import type { StoredCharge } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';

const approved: StoredCharge['outcome'] = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 12,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

export interface ChargeFailure {
  code: string;
  declineCode?: string;
  message: string;
  blocked?: boolean;
}

/** The network took the charge: paid, not yet captured. */
export function approveCharge(world: World, charge: StoredCharge): void {
  updateObject(charge, {
    status: 'succeeded',
    paid: true,
    outcome: approved,
    receipt_url: `${world.baseUrl()}/receipts/${charge.id}`,
  });
}

/** The network (or Radar) refused it. */
export function failCharge(charge: StoredCharge, failure: ChargeFailure): void {
  updateObject(charge, {
    status: 'failed',
    paid: false,
    failure_code: failure.code,
    failure_message: failure.message,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: failure.blocked ? null : '01',
      network_status: failure.blocked ? 'not_sent_to_network' : 'declined_by_network',
      reason: failure.blocked ? 'highest_risk_level' : (failure.declineCode ?? failure.code),
      risk_level: failure.blocked ? 'highest' : 'normal',
      risk_score: failure.blocked ? 100 : 12,
      seller_message: failure.blocked
        ? 'Stripe blocked this payment as too risky.'
        : 'The bank did not return any further details with this decline.',
      type: failure.blocked ? 'blocked' : 'issuer_declined',
    },
  });
}

/** Takes the money: all of it or, after an authorization, less; the rest is given back at once. */
export function captureCharge(world: World, charge: StoredCharge, amount: number): void {
  updateObject(charge, {
    captured: true,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
  });
  recordMovement(world, {
    id: charge.id,
    kind: 'charge',
    amount,
    fee: chargeFee(amount),
    currency: charge.currency,
    objects: { charge: charge.id, payment_intent: charge.payment_intent ?? '' },
    paymentId: charge.metadata.payment_id ?? null,
  });
}

/** Books a captured charge on the balance; `automatic_async` captures get this a moment later. */
export function assignBalance(world: World, charge: StoredCharge): Record<string, unknown> {
  const booked = bookBalance(world, {
    type: charge.id.startsWith('py') ? 'payment' : 'charge',
    reportingCategory: 'charge',
    amount: charge.amount_captured,
    fee: chargeFee(charge.amount_captured),
    currency: charge.currency,
    description: charge.description,
    source: charge.id,
  });
  return updateObject(charge, { balance_transaction: booked.id });
}
