import type { Payout } from './payout';

/**
 * What a report adds to the reports of payouts we know: nothing when it says nothing new, null when it contradicts one of
 * them. What a payout is worth never changes, whatever becomes of it.
 */
export const joinPayout = (known: readonly Payout[], payout: Payout): readonly Payout[] | null => {
  const same = known.filter(
    ({ provider, objectId }) => provider === payout.provider && objectId === payout.objectId,
  );
  const contradicts = same.some(
    ({ amountMinor, currency }) => amountMinor !== payout.amountMinor || currency !== payout.currency,
  );
  if (contradicts) return null;
  return same.some(({ status }) => status === payout.status) ? [] : [payout];
};
