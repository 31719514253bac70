import type { Difference } from './drift';

/** Why the books may differ, as far as our own data tell. A guess for whoever looks; nothing is decided by it. */
export type DriftCause =
  /** So recent that one side may only be late. */
  | 'too_young'
  /** The provider moved money for somebody who is no payment of ours: another system uses the account, or a person did it. */
  | 'created_outside'
  /** An event about it waits because its payment is not known here. */
  | 'event_held'
  /** An event about it contradicts what we know and waits for a person. */
  | 'event_under_review'
  /** A call of ours about it was made or intended, and nobody knows what came of it. */
  | 'call_outcome_unknown'
  /** The provider settles in another currency than was paid. */
  | 'settled_in_other_currency'
  /** The provider names the fee later than the payment, and nobody has asked since. */
  | 'fee_not_known_yet'
  /** Nothing about it has reached the inbox since it happened. */
  | 'event_never_arrived'
  /** Events about it came, and none said so: look into the dead letters. */
  | 'unknown';

/** What is known about a difference beside the two values. */
export interface DriftEvidence {
  /** When it happened at the provider, or was booked here; milliseconds since 1970. */
  readonly at: number;
  /** Whether it belongs to a payment of ours, or to none by its nature (a payout). */
  readonly isOurs: boolean;
  readonly settledCurrency: string | null;
  readonly currency: string;
  readonly hasHeldEvent: boolean;
  readonly hasEventUnderReview: boolean;
  readonly hasUnsettledCall: boolean;
  /** Whether any event about it came at that time or later. */
  readonly hasEventSince: boolean;
}

/** Milliseconds: PayPal's reports lag by up to three hours (Transaction Search v1). */
export const STATEMENT_LAG_MS = 3 * 3_600_000;

/** The most telling explanation, the certain ones first. */
export const causeOf = (difference: Difference, evidence: DriftEvidence, now: number): DriftCause => {
  if (!evidence.isOurs) return evidence.hasHeldEvent ? 'event_held' : 'created_outside';
  if (evidence.hasEventUnderReview) return 'event_under_review';
  if (evidence.hasHeldEvent) return 'event_held';
  if (evidence.settledCurrency !== null && evidence.settledCurrency !== evidence.currency)
    return 'settled_in_other_currency';
  if (now - evidence.at < STATEMENT_LAG_MS) return 'too_young';
  if (evidence.hasUnsettledCall) return 'call_outcome_unknown';
  if (difference.field === 'fee' && difference.ours === null) return 'fee_not_known_yet';
  if (difference.difference === 'missing_here' && !evidence.hasEventSince) return 'event_never_arrived';
  return 'unknown';
};
