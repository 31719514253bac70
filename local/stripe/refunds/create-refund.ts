import { bookBalance, recordMovement } from '../balance-transactions';
import { showAmount } from '../currencies';
import { instrumentOf } from '../payment-intents/charge-intent';
import type { StoredCharge, StoredRefund } from '../stored-objects';
import { invalidParam, StripeRefusal, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

export interface RefundTerms {
  /** Default: all that is left. */
  amount: number | undefined;
  reason: StoredRefund['reason'];
  metadata: Record<string, string>;
}

/** Gives back money of a captured charge. The fee of the charge stays with Stripe. */
export function createRefund(world: World, charge: StoredCharge, terms: RefundTerms): StoredRefund {
  const left = charge.amount - charge.amount_refunded;
  checkRefundable(world, charge, left);
  const amount = terms.amount ?? left;
  if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (amount > left) {
    const message = `Refund amount (${showAmount(amount, charge.currency)}) is greater than unrefunded amount on charge (${showAmount(left, charge.currency)})`;
    throw new StripeRefusal(400, { type: 'invalid_request_error', message, param: 'amount' });
  }
  const method = world.store.paymentMethods.get(charge.payment_method ?? '');
  const instrument = method && instrumentOf(world, method);
  const behaviour = instrument?.type === 'card' ? instrument.refund : undefined;
  const refund = world.store.refunds.put({
    id: world.newId(charge.id.startsWith('py') ? 'pyr' : 're'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: world.nowSeconds(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details:
      instrument?.type === 'us_bank_account'
        ? { type: 'us_bank_transfer', us_bank_transfer: { reference: null, reference_status: 'pending' } }
        : {
            type: 'card',
            card: {
              reference_status: 'pending',
              reference_type: 'acquirer_reference_number',
              type: 'refund',
            },
          },
    metadata: terms.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: terms.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: behaviour === 'pending' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  } satisfies StoredRefund);
  if (behaviour === 'pending') updateObject(refund, { pending_reason: 'processing' });
  if (behaviour) world.schedule({ kind: 'settle_refund', objectId: refund.id }, world.timings.refundMs);

  takeBack(world, charge, refund);
  const amountRefunded = charge.amount_refunded + amount;
  const previous = updateObject(charge, {
    amount_refunded: amountRefunded,
    refunded: amountRefunded >= charge.amount,
  });
  world.emit('refund.created', refund);
  world.emit('charge.refunded', charge, previous);
  return refund;
}

function checkRefundable(world: World, charge: StoredCharge, left: number): void {
  if (charge.status !== 'succeeded') {
    throw unexpectedState(
      'charge_not_refundable',
      `Charge ${charge.id} has not succeeded; it cannot be refunded.`,
    );
  }
  if (!charge.captured) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      `Charge ${charge.id} has not been captured. Cancel its PaymentIntent to release the funds.`,
    );
  }
  const isChargedBack = world.store.disputes
    .all()
    .some((dispute) => dispute.charge === charge.id && !dispute.is_charge_refundable);
  if (isChargedBack) {
    throw unexpectedState(
      'charge_disputed',
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
    );
  }
  if (left <= 0) {
    throw unexpectedState('charge_already_refunded', `Charge ${charge.id} has already been refunded.`);
  }
}

function takeBack(world: World, charge: StoredCharge, refund: StoredRefund): void {
  const booked = bookBalance(world, {
    type: charge.id.startsWith('py') ? 'payment_refund' : 'refund',
    reportingCategory: 'refund',
    amount: -refund.amount,
    fee: 0,
    currency: refund.currency,
    description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ''}`,
    source: refund.id,
  });
  updateObject(refund, { balance_transaction: booked.id });
  recordMovement(world, {
    id: refund.id,
    kind: 'refund',
    amount: -refund.amount,
    fee: 0,
    currency: refund.currency,
    objects: { refund: refund.id, charge: charge.id, payment_intent: charge.payment_intent ?? '' },
    paymentId: charge.metadata.payment_id ?? null,
  });
}
