import { bookBalance, recordMovement } from '../balance-transactions';
import type { StoredDispute } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';

/** What a bank's dispute costs, in the currency's unit. */
export const disputeFee = 1500;

export type FundsMove =
  | { direction: 'withdrawn' }
  /** `returnsFee`: Stripe gives its fee back too, as it does in some countries. */
  | { direction: 'reinstated'; returnsFee: boolean };

/** Takes the disputed money with a fee, or gives it back after a won dispute. */
export function moveFunds(world: World, dispute: StoredDispute, move: FundsMove): void {
  const isWithdrawal = move.direction === 'withdrawn';
  const charge = world.store.charges.get(dispute.charge);
  const amount = isWithdrawal ? -dispute.amount : dispute.amount;
  const fee = isWithdrawal ? disputeFee : move.returnsFee ? -disputeFee : 0;
  const booked = bookBalance(world, {
    type: 'adjustment',
    reportingCategory: isWithdrawal ? 'dispute' : 'dispute_reversal',
    amount,
    fee,
    feeDescription: isWithdrawal ? 'Dispute fee' : 'Dispute fee refund',
    currency: dispute.currency,
    description: `Chargeback ${move.direction} for ${dispute.charge}`,
    source: dispute.id,
  });
  updateObject(dispute, { balance_transactions: [...dispute.balance_transactions, booked] });
  recordMovement(world, {
    id: isWithdrawal ? dispute.id : `${dispute.id}_reversal`,
    kind: isWithdrawal ? 'dispute' : 'dispute_reversal',
    amount,
    fee,
    currency: dispute.currency,
    objects: {
      dispute: dispute.id,
      charge: dispute.charge,
      payment_intent: dispute.payment_intent ?? '',
      balance_transaction: booked.id,
    },
    paymentId: charge?.metadata.payment_id ?? null,
  });
}
