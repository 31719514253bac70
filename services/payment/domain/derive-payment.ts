import { type DisputeStatus, mostPressing } from './dispute-status';
import type { Fact, FactKind } from './fact-kinds';
import { latestFacts } from './join-facts';
import type { OpenObservation } from './open-status';
import { type PaymentStatus, statusOf } from './payment-status';

/** What follows from a set of facts. Amounts in ISO 4217 minor units of the payment's currency. */
export interface DerivedPayment {
  readonly status: PaymentStatus;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** What the provider took back less what it gave back; below 0 while only the second is known. */
  readonly reversedMinor: bigint;
  /** What the provider kept less what it gave back of that; below 0 while only the second is known. */
  readonly feeMinor: bigint;
  /** Of all disputes the one that needs attention most; null when there is none. */
  readonly disputeStatus: DisputeStatus | null;
}

/** The only place where a status and totals come from: a pure function of the set. */
export const derivePayment = (facts: readonly Fact[], open: OpenObservation | null): DerivedPayment => {
  const latest = latestFacts(facts);
  const captures = latest.filter((f) => f.kind === 'capture' && f.status === 'succeeded');
  const captured = new Set(captures.map((f) => f.objectId));
  const ofCaptures = latest.filter((f) => f.parentId !== null && captured.has(f.parentId));
  const total = (kind: FactKind, status: string): bigint =>
    sum(ofCaptures.filter((f) => f.kind === kind && f.status === status));

  const grounds = {
    capturedMinor: sum(captures),
    refundedMinor: total('refund', 'succeeded'),
    reversedMinor: total('withdrawal', 'withdrawn') - total('reinstatement', 'reinstated'),
    disputeStatus: mostPressing(latest.filter((f) => f.kind === 'dispute').map((f) => f.status)),
  };
  return {
    ...grounds,
    status: statusOf({ ...grounds, latest, open: open?.status ?? null }),
    feeMinor: total('fee', 'charged') - total('fee_return', 'returned'),
  };
};

const sum = (facts: readonly Fact[]): bigint => facts.reduce((total, fact) => total + fact.amountMinor, 0n);
