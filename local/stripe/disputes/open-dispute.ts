import { bookBalance, recordMovement } from '../balance-transactions';
import type { StoredCharge, StoredDispute } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { emptyEvidence } from './empty-evidence';

/** What a bank's dispute costs, in the currency's unit. */
export const disputeFee = 1500;

export interface DisputeTerms {
  reason: string;
  /** An inquiry takes no money yet. */
  isInquiry?: boolean;
  /** Default: all that was captured. */
  amount?: number;
}

/** A cardholder disputes a charge: the money leaves at once, except for an inquiry. */
export function openDispute(world: World, charge: StoredCharge, terms: DisputeTerms): StoredDispute {
  const amount = terms.amount ?? charge.amount_captured;
  const isInquiry = terms.isInquiry ?? false;
  const card = charge.payment_method_details?.card;
  const dispute: StoredDispute = world.store.disputes.put({
    id: world.newId(charge.id.startsWith('py') ? 'pdp' : 'dp'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.nowSeconds(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: emptyEvidence(),
    evidence_details: {
      due_by: world.nowSeconds() + 9 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: world.livemode,
    metadata: {},
    network_reason_code: '10.4',
    payment_intent: charge.payment_intent,
    ...(card && {
      payment_method_details: {
        type: 'card',
        card: {
          brand: card.brand ?? 'visa',
          case_type: isInquiry ? 'inquiry' : 'chargeback',
          network: card.network ?? 'visa',
          network_reason_code: '10.4',
        },
      },
    }),
    reason: terms.reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  });
  updateObject(charge, { disputed: true });
  if (isInquiry) {
    world.emit('charge.dispute.created', dispute);
    return dispute;
  }
  moveFunds(world, dispute, charge, 'withdrawn');
  world.emit('charge.dispute.created', dispute);
  world.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** Takes the disputed money, or gives it back after a won dispute (the fee stays with Stripe). */
export function moveFunds(
  world: World,
  dispute: StoredDispute,
  charge: StoredCharge,
  direction: 'withdrawn' | 'reinstated',
): void {
  const isWithdrawal = direction === 'withdrawn';
  const amount = isWithdrawal ? -dispute.amount : dispute.amount;
  const fee = isWithdrawal ? disputeFee : 0;
  const booked = bookBalance(world, {
    type: 'adjustment',
    reportingCategory: isWithdrawal ? 'dispute' : 'dispute_reversal',
    amount,
    fee,
    feeDescription: 'Dispute fee',
    currency: dispute.currency,
    description: `Chargeback ${direction} for ${charge.id}`,
    source: dispute.id,
  });
  updateObject(dispute, { balance_transactions: [...dispute.balance_transactions, booked] });
  recordMovement(world, {
    id: isWithdrawal ? dispute.id : `${dispute.id}_reversal`,
    kind: isWithdrawal ? 'dispute' : 'dispute_reversal',
    amount,
    fee,
    currency: dispute.currency,
    objects: { dispute: dispute.id, charge: charge.id, payment_intent: charge.payment_intent ?? '' },
    paymentId: charge.metadata.payment_id ?? null,
  });
}
