import type { factKinds } from './fact-kinds';

/** Where a dispute stands, in Stripe's words for both providers. */
export type DisputeStatus = keyof typeof factKinds.dispute;

/** The status to show of several disputes is the first of these that one of them has: what we must answer comes first. */
export const disputesByAttention = [
  'needs_response',
  'warning_needs_response',
  'under_review',
  'warning_under_review',
  'lost',
  'won',
  'prevented',
  'warning_closed',
] as const satisfies readonly DisputeStatus[];

/** Statuses in which a dispute or an inquiry is not decided. */
export const openDisputeStatuses: ReadonlySet<string> = new Set<DisputeStatus>([
  'needs_response',
  'warning_needs_response',
  'under_review',
  'warning_under_review',
]);

/** Of the latest statuses of a payment's disputes the one that needs attention most; null when there is none. */
export const mostPressing = (statuses: readonly string[]): DisputeStatus | null =>
  disputesByAttention.find((status) => statuses.includes(status)) ?? null;
