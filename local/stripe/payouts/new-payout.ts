import { bookBalance, recordMovement } from '../balance-transactions';
import type { StoredPayout } from '../stored-objects';
import { StripeRefusal } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

export interface PayoutTerms {
  amount: number;
  currency: string;
  description: string | null;
  destination: string | null;
  method: string;
  statementDescriptor: string | null;
  metadata: Record<string, string>;
}

const secondsToArrive = 2 * 86_400;

/**
 * Sends a part of the balance to our bank; it leaves the balance at once. Unlike Stripe, the double pays out what is still
 * pending too, so that nobody has to wait two days.
 */
export function createPayout(world: World, terms: PayoutTerms): StoredPayout {
  const { amount, currency } = terms;
  if (amount > balanceOf(world, currency)) {
    throw new StripeRefusal(400, {
      type: 'invalid_request_error',
      code: 'balance_insufficient',
      message: 'You have insufficient funds in your Stripe account for this transfer.',
    });
  }
  const payout: StoredPayout = world.store.payouts.put({
    id: world.newId('po'),
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: world.nowSeconds() + secondsToArrive,
    automatic: false,
    balance_transaction: null,
    created: world.nowSeconds(),
    currency,
    description: terms.description,
    destination: terms.destination ?? `ba_${world.random.text(24)}`,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: world.livemode,
    metadata: terms.metadata,
    method: terms.method,
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: terms.statementDescriptor,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  });
  const booked = bookPayout(world, payout, 'payout');
  updateObject(payout, { balance_transaction: booked });
  world.emit('payout.created', payout);
  return payout;
}

/** Books a payout, or its return, on the balance and in the ledger; gives the balance transaction's id. */
export function bookPayout(
  world: World,
  payout: StoredPayout,
  type: 'payout' | 'payout_failure' | 'payout_cancel',
): string {
  const isReturn = type !== 'payout';
  const amount = isReturn ? payout.amount : -payout.amount;
  const { currency } = payout;
  const booked = bookBalance(world, {
    type,
    reportingCategory: isReturn ? 'payout_reversal' : 'payout',
    amount,
    fee: 0,
    currency,
    description: payout.description,
    source: payout.id,
  });
  recordMovement(world, {
    id: isReturn ? `${payout.id}_reversal` : payout.id,
    kind: isReturn ? 'payout_reversal' : 'payout',
    amount,
    fee: 0,
    currency,
    objects: { payout: payout.id, balance_transaction: booked.id },
    paymentId: null,
  });
  return booked.id;
}

const balanceOf = (world: World, currency: string): number =>
  world.store.balanceTransactions
    .all()
    .filter((one) => one.currency === currency)
    .reduce((sum, one) => sum + one.net, 0);
