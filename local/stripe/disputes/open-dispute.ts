import type { StoredCharge, StoredDispute } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { emptyEvidence } from './empty-evidence';
import { moveFunds } from './move-funds';

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
  moveFunds(world, dispute, { direction: 'withdrawn' });
  world.emit('charge.dispute.created', dispute);
  world.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}
