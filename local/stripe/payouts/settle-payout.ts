import type { StoredPayout } from '../stored-objects';
import { unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { bookPayout } from './new-payout';

export interface PayoutEnd {
  status: 'in_transit' | 'paid' | 'failed';
  /** For a failure: Stripe's `failure_code`. */
  reason: string;
}

/** From where a payout may come to a status; "some payouts that fail might initially show as paid". */
const before: Record<PayoutEnd['status'], readonly string[]> = {
  in_transit: ['pending'],
  paid: ['pending', 'in_transit'],
  failed: ['pending', 'in_transit', 'paid'],
};

const eventOf = {
  in_transit: 'payout.updated',
  paid: 'payout.paid',
  failed: 'payout.failed',
} as const;

/** The bank has the payout, took it, or sent it back. */
export function settlePayout(world: World, payout: StoredPayout, { status, reason }: PayoutEnd): void {
  if (!before[status].includes(payout.status)) {
    throw unexpectedState('payout_status', `A payout that is ${payout.status} does not become ${status}.`);
  }
  const failure =
    status === 'failed'
      ? {
          failure_code: reason,
          failure_message: 'The bank sent the payout back.',
          failure_balance_transaction: bookPayout(world, payout, 'payout_failure'),
        }
      : {};
  world.emit(eventOf[status], payout, updateObject(payout, { status, ...failure }));
}

/** Takes a payout back that is not under way yet. */
export function cancelPayout(world: World, payout: StoredPayout): void {
  if (payout.status !== 'pending') {
    throw unexpectedState('payout_canceled', 'Payouts can only be canceled while they are pending.');
  }
  const returned = bookPayout(world, payout, 'payout_cancel');
  const previous = updateObject(payout, { status: 'canceled', failure_balance_transaction: returned });
  world.emit('payout.canceled', payout, previous);
}
