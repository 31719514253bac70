import type { Happening } from './happening';
import {
  isUndecided,
  type ModelCharge,
  type ModelDispute,
  type ModelIntent,
  STRIPE_UNITS,
} from './model-intent';
import type { Random } from './random';
import { chargeSnapshot, disputeSnapshot } from './stripe-snapshots';

const DISPUTE_FEE = 1_500;

/** Stripe refunds nothing of a charge that is or was disputed; one under inquiry it does. */
export const isRefundable = ({ disputes }: ModelCharge): boolean =>
  disputes.every(({ status }) => status.startsWith('warning_'));

/** Lets one more thing happen to the disputes of a captured charge; null when nothing does. */
export const disputeOn = (
  intent: ModelIntent,
  charge: ModelCharge,
  random: Random,
  detail: 'event' | 'events_of_old',
  now: number,
): Happening => {
  const open = charge.disputes.filter(
    (one) => isUndecided(one) || (one.status === 'lost' && random.chance(0.3)),
  );
  const known = open[random.below(open.length)];
  if (known === undefined ? charge.disputes.length > 1 : known.movedAt === now) return null;
  const dispute = known ?? openDispute(intent, charge, random, now);
  if (known !== undefined) moveDispute(intent, known, random, now);
  const told = { type: 'charge.dispute.updated', object: disputeSnapshot(intent, charge, dispute) };
  const what = charge.disputes.map(({ amount, status }) => `${amount} ${status}`).join(', ');
  return {
    what: `disputes: ${what}`,
    // Any event may carry it; what it is called says nothing.
    emitted: [told, { type: 'charge.updated', object: chargeSnapshot(intent, charge, detail) }],
  };
};

const openDispute = (intent: ModelIntent, charge: ModelCharge, random: Random, now: number): ModelDispute => {
  const unit = STRIPE_UNITS[intent.currency] ?? 1;
  const dispute: ModelDispute = {
    id: `du_${charge.id}_${charge.disputes.length}`,
    amount: random.chance(0.6)
      ? charge.amountCaptured
      : unit * (1 + random.below(charge.amountCaptured / unit)),
    status: random.pick(['warning_needs_response', 'needs_response', 'needs_response']),
    movedAt: now,
    movements: [],
  };
  charge.disputes.push(dispute);
  if (dispute.status === 'needs_response') withdraw(dispute);
  return dispute;
};

/**
 * An inquiry closes or escalates; a dispute is answered, prevented, won or lost. What the bank decides against us may be appealed,
 * and a payer may take a dispute back that we had lost.
 */
const moveDispute = (intent: ModelIntent, dispute: ModelDispute, random: Random, now: number): void => {
  dispute.movedAt = now;
  switch (dispute.status) {
    case 'warning_needs_response':
    case 'warning_under_review': {
      const next = random.pick(['warning_under_review', 'warning_closed', 'needs_response', 'prevented']);
      dispute.status = next;
      if (next === 'needs_response') withdraw(dispute);
      return;
    }
    case 'needs_response':
      dispute.status = random.pick(['under_review', 'under_review', 'lost']);
      return;
    case 'under_review':
      dispute.status = random.pick(['won', 'lost', 'appeal_needs_response']);
      break;
    case 'appeal_needs_response':
      dispute.status = random.pick(['appeal_under_review', 'lost']);
      break;
    case 'appeal_under_review':
      dispute.status = random.pick(['won', 'lost']);
      break;
    case 'lost':
      dispute.status = random.pick(['won', 'appeal_needs_response']);
      break;
    default:
      return;
  }
  // Stripe gives the fee back to some accounts and keeps it of others.
  if (dispute.status === 'won')
    dispute.movements.push({
      id: `txn_${dispute.id}_back`,
      amount: dispute.amount,
      fee: intent.capture === 'automatic' ? -DISPUTE_FEE : 0,
    });
};

const withdraw = (dispute: ModelDispute): void => {
  dispute.movements.push({ id: `txn_${dispute.id}`, amount: -dispute.amount, fee: DISPUTE_FEE });
};
