import type { Dispute, DisputeOutcome, DisputeStage, DisputeStatus } from './dispute-state';
import { findCapture, findRefund } from './find-resource';
import { formatMinor, type Money } from './money';
import { notifyDispute } from './notify-dispute';
import { PayPalError } from './paypal-error';
import { refundCapture } from './refund-capture';
import { returnReversal, reverseCapture } from './reverse-capture';
import type { Capture } from './state';
import type { World } from './world';

export type DisputeTerms = {
  captureId: string;
  reason: string;
  stage: DisputeStage;
  channel: Dispute['channel'];
  /** Minor units; default all of the capture. */
  amount?: bigint | undefined;
};

/** How PayPal takes a dispute's money. */
export type TakingTerms = { fee?: bigint | undefined; isHidden?: boolean | undefined };

const stages: readonly DisputeStage[] = ['INQUIRY', 'CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION'];

/** A payer, or their bank, disputes a capture. No money moves yet. */
export function openDispute(world: World, terms: DisputeTerms): Dispute {
  const capture = findCapture(world, terms.captureId);
  if (capture.status !== 'COMPLETED' && capture.status !== 'PARTIALLY_REFUNDED')
    throw PayPalError.unprocessable('TRANSACTION_NOT_DISPUTABLE');
  const { currency, minor } = capture.amount;
  const now = world.now();
  const dispute: Dispute = {
    id: `PP-R-${world.newId(3)}-${world.newId(8)}`,
    captureId: capture.id,
    reason: terms.reason,
    channel: terms.channel,
    amount: { currency, minor: terms.amount ?? minor },
    stage: terms.stage,
    status: terms.stage === 'INQUIRY' ? 'OPEN' : 'WAITING_FOR_SELLER_RESPONSE',
    outcome: undefined,
    reversalId: undefined,
    movements: [],
    createdAt: now,
    updatedAt: now,
  };
  world.state.disputes.set(dispute.id, dispute);
  notifyDispute(world, 'CUSTOMER.DISPUTE.CREATED', dispute);
  return dispute;
}

export type Advance = { stage?: DisputeStage | undefined; status?: DisputeStatus | undefined };

/** Brings an open dispute to a later stage or another status, or one that is decided to the next stage: that is an appeal. */
export function advanceDispute(world: World, dispute: Dispute, { stage, status }: Advance): void {
  if (stage === undefined || stage === dispute.stage) refuseResolved(dispute);
  if (stages.indexOf(stage ?? dispute.stage) < stages.indexOf(dispute.stage) || status === 'RESOLVED')
    throw notNow();
  const isEscalated = stage !== undefined && stage !== dispute.stage;
  dispute.outcome = undefined;
  dispute.stage = stage ?? dispute.stage;
  dispute.status = status ?? (isEscalated ? 'WAITING_FOR_SELLER_RESPONSE' : dispute.status);
  tell(world, dispute, 'CUSTOMER.DISPUTE.UPDATED');
}

/** A bank's chargeback takes the money while the dispute is still open. */
export function takeMoney(world: World, dispute: Dispute, terms: TakingTerms): void {
  refuseResolved(dispute);
  debit(world, dispute, terms);
  tell(world, dispute, 'CUSTOMER.DISPUTE.UPDATED');
}

const lostOutcomes: readonly DisputeOutcome[] = ['RESOLVED_BUYER_FAVOUR', 'ACCEPTED'];

/**
 * PayPal, or the payer, decides. Lost: the money is reversed unless that was done. Any other outcome: what was taken is given
 * back.
 */
export function resolveDispute(
  world: World,
  dispute: Dispute,
  outcome: DisputeOutcome,
  terms: TakingTerms = {},
): void {
  refuseResolved(dispute);
  if (lostOutcomes.includes(outcome)) debit(world, dispute, terms);
  else credit(world, dispute);
  finish(world, dispute, outcome);
}

/**
 * POST accept-claim: "the dispute closes in the customer's favor and PayPal automatically refunds money to the customer from the
 * merchant's account".
 */
export function acceptClaim(world: World, dispute: Dispute): void {
  refuseResolved(dispute);
  const { currency, minor } = dispute.amount;
  if (dispute.reversalId === undefined) {
    const amount = { currency_code: currency, value: formatMinor(currency, minor) };
    refundCapture(world, dispute.captureId, { amount });
    move(world, dispute, 'SELLER', 'DEBIT', dispute.amount);
    move(world, dispute, 'BUYER', 'CREDIT', dispute.amount);
  }
  finish(world, dispute, 'RESOLVED_BUYER_FAVOUR');
}

/** POST provide-evidence: PayPal looks at it. */
export function provideEvidence(world: World, dispute: Dispute): void {
  refuseResolved(dispute);
  if (dispute.status === 'UNDER_REVIEW') throw notNow();
  dispute.status = 'UNDER_REVIEW';
  tell(world, dispute, 'CUSTOMER.DISPUTE.UPDATED');
}

function finish(world: World, dispute: Dispute, outcome: DisputeOutcome): void {
  dispute.status = 'RESOLVED';
  dispute.outcome = outcome;
  tell(world, dispute, 'CUSTOMER.DISPUTE.RESOLVED');
}

function debit(world: World, dispute: Dispute, { fee, isHidden }: TakingTerms): void {
  if (dispute.reversalId !== undefined) return;
  const capture: Capture = findCapture(world, dispute.captureId);
  const reason = dispute.channel === 'EXTERNAL' ? 'CHARGEBACK' : undefined;
  const reversal = reverseCapture(world, capture, { amount: dispute.amount.minor, fee, reason, isHidden });
  if (reversal === undefined) return;
  dispute.reversalId = reversal.id;
  move(world, dispute, 'SELLER', 'DEBIT', reversal.amount);
  move(world, dispute, 'BUYER', 'CREDIT', reversal.amount);
  if (fee === undefined || fee === 0n) return;
  const amount = { currency: capture.amount.currency, minor: fee };
  dispute.movements.push({
    party: 'SELLER',
    type: 'DEBIT',
    reason: 'CHARGEBACK_FEE',
    amount,
    at: world.now(),
  });
}

function credit(world: World, dispute: Dispute): void {
  if (dispute.reversalId === undefined) return;
  const reversal = findRefund(world, dispute.reversalId);
  returnReversal(world, findCapture(world, dispute.captureId), reversal);
  dispute.reversalId = undefined;
  move(world, dispute, 'SELLER', 'CREDIT', reversal.amount);
}

function move(
  world: World,
  dispute: Dispute,
  party: 'SELLER' | 'BUYER',
  type: 'DEBIT' | 'CREDIT',
  amount: Money,
): void {
  dispute.movements.push({ party, type, reason: 'DISPUTE_SETTLEMENT', amount, at: world.now() });
}

function tell(
  world: World,
  dispute: Dispute,
  type: 'CUSTOMER.DISPUTE.UPDATED' | 'CUSTOMER.DISPUTE.RESOLVED',
): void {
  dispute.updatedAt = world.now();
  notifyDispute(world, type, dispute);
}

const notNow = (): PayPalError => PayPalError.unprocessable('ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE');

function refuseResolved(dispute: Dispute): void {
  if (dispute.status === 'RESOLVED') throw notNow();
}
