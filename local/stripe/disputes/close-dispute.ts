import type { StoredDispute } from '../stored-objects';
import { unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { moveFunds } from './move-funds';

export type DisputeOutcome = 'won' | 'lost' | 'warning_closed' | 'prevented';

const openStatuses = [
  'warning_needs_response',
  'warning_under_review',
  'needs_response',
  'under_review',
  'appeal_needs_response',
  'appeal_under_review',
];

/**
 * The bank decided. An inquiry closes or is prevented, a dispute is won or lost. A won one brings the money back, and its fee
 * where `returnsFee` says so; a lost one changes no more money, unless the cardholder takes it back and it is won after all.
 */
export function closeDispute(
  world: World,
  dispute: StoredDispute,
  outcome: DisputeOutcome,
  returnsFee = false,
): void {
  if (!(dispute.status === 'lost' && outcome === 'won')) checkOpen(dispute);
  checkOutcome(dispute, outcome);
  const previous = updateObject(dispute, { status: outcome, is_charge_refundable: outcome !== 'lost' });
  if (outcome === 'won' && dispute.balance_transactions.length > 0) {
    moveFunds(world, dispute, { direction: 'reinstated', returnsFee });
    world.emit('charge.dispute.funds_reinstated', dispute);
  }
  // "Occurs when a dispute is closed and the dispute status changes to lost, warning_closed, or won."
  world.emit(outcome === 'prevented' ? 'charge.dispute.updated' : 'charge.dispute.closed', dispute, previous);
}

const reviewOf: Readonly<Record<string, StoredDispute['status']>> = {
  warning_needs_response: 'warning_under_review',
  warning_under_review: 'warning_under_review',
  appeal_needs_response: 'appeal_under_review',
  appeal_under_review: 'appeal_under_review',
};

/** Evidence was handed in; the bank looks at it. */
export function reviewDispute(world: World, dispute: StoredDispute): void {
  checkOpen(dispute);
  const previous = updateObject(dispute, {
    status: reviewOf[dispute.status] ?? 'under_review',
    evidence_details: { ...dispute.evidence_details, has_evidence: true, submission_count: 1 },
  });
  world.emit('charge.dispute.updated', dispute, previous);
}

/** The bank was not content with the answer to its inquiry: now it takes the money. */
export function escalateDispute(world: World, dispute: StoredDispute): void {
  checkOpen(dispute);
  if (!isInquiry(dispute)) throw unexpectedState('dispute_escalated', 'This is no inquiry (any more).');
  const details = dispute.payment_method_details;
  const previous = updateObject(dispute, {
    status: 'needs_response',
    is_charge_refundable: false,
    ...(details?.card && {
      payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' as const } },
    }),
  });
  moveFunds(world, dispute, { direction: 'withdrawn' });
  world.emit('charge.dispute.updated', dispute, previous);
  world.emit('charge.dispute.funds_withdrawn', dispute);
}

/** The cardholder's bank has rejected our evidence, and its decision may be appealed (docs.stripe.com/disputes/arbitration). */
export function offerAppeal(world: World, dispute: StoredDispute): void {
  if (dispute.status !== 'under_review' && dispute.status !== 'lost')
    throw unexpectedState('dispute_appeal', `A dispute that is ${dispute.status} cannot be appealed.`);
  const previous = updateObject(dispute, { status: 'appeal_needs_response' });
  world.emit('charge.dispute.updated', dispute, previous);
}

const isInquiry = (dispute: StoredDispute): boolean => dispute.status.startsWith('warning');

function checkOpen(dispute: StoredDispute): void {
  if (openStatuses.includes(dispute.status)) return;
  throw unexpectedState('dispute_closed', `This dispute is already closed (${dispute.status}).`);
}

function checkOutcome(dispute: StoredDispute, outcome: DisputeOutcome): void {
  const possible = isInquiry(dispute) ? ['warning_closed', 'prevented'] : ['won', 'lost'];
  if (possible.includes(outcome)) return;
  throw unexpectedState('dispute_outcome', `A dispute that is ${dispute.status} cannot end ${outcome}.`);
}
