import type { StoredDispute } from '../stored-objects';
import { unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { moveFunds } from './open-dispute';

const openStatuses = ['warning_needs_response', 'warning_under_review', 'needs_response', 'under_review'];

/** The bank decided. A won dispute brings the money back; a lost one changes no more money. */
export function closeDispute(
  world: World,
  dispute: StoredDispute,
  outcome: 'won' | 'lost' | 'warning_closed',
): void {
  checkOpen(dispute);
  const charge = world.store.charges.get(dispute.charge);
  if (!charge) throw new Error(`dispute ${dispute.id} has no charge`);
  const previous = updateObject(dispute, { status: outcome, is_charge_refundable: outcome !== 'lost' });
  if (outcome === 'won' && dispute.balance_transactions.length > 0) {
    moveFunds(world, dispute, charge, 'reinstated');
    world.emit('charge.dispute.funds_reinstated', dispute);
  }
  world.emit('charge.dispute.closed', dispute, previous);
}

/** Evidence was handed in; the bank looks at it. */
export function reviewDispute(world: World, dispute: StoredDispute): void {
  checkOpen(dispute);
  const isInquiry = dispute.status.startsWith('warning');
  const previous = updateObject(dispute, {
    status: isInquiry ? 'warning_under_review' : 'under_review',
    evidence_details: { ...dispute.evidence_details, has_evidence: true, submission_count: 1 },
  });
  world.emit('charge.dispute.updated', dispute, previous);
}

function checkOpen(dispute: StoredDispute): void {
  if (openStatuses.includes(dispute.status)) return;
  throw unexpectedState('dispute_closed', `This dispute is already closed (${dispute.status}).`);
}
