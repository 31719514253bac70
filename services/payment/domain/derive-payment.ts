import type { Fact } from './fact-kinds';
import { latestFacts } from './join-facts';
import type { OpenObservation, OpenStatus } from './open-status';

/** Every status a payment of ours can have. */
export type PaymentStatus =
  | 'created'
  | OpenStatus
  | 'succeeded'
  | 'partially_refunded'
  | 'refunded'
  | 'canceled'
  | 'expired';

/** What follows from a set of facts. Amounts in ISO 4217 minor units of the payment's currency. */
export interface DerivedPayment {
  readonly status: PaymentStatus;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly feeMinor: bigint;
}

/**
 * The only place where a status comes from. A pure function of the set: terminal beats open, taken money beats everything,
 * and the open status is only shown while nothing final is known.
 */
export const derivePayment = (facts: readonly Fact[], open: OpenObservation | null): DerivedPayment => {
  const latest = latestFacts(facts);
  const captures = latest.filter((f) => f.kind === 'capture' && f.status === 'succeeded');
  const captured = new Set(captures.map((f) => f.objectId));
  const ofCapture = (f: Fact): boolean => f.parentId !== null && captured.has(f.parentId);
  const refunds = latest.filter((f) => f.kind === 'refund' && f.status === 'succeeded' && ofCapture(f));
  const fees = latest.filter((f) => f.kind === 'fee' && ofCapture(f));
  const totals = { capturedMinor: sum(captures), refundedMinor: sum(refunds), feeMinor: sum(fees) };
  return { ...totals, status: statusOf(latest, totals, open) };
};

const statusOf = (
  latest: readonly Fact[],
  { capturedMinor, refundedMinor }: Pick<DerivedPayment, 'capturedMinor' | 'refundedMinor'>,
  open: OpenObservation | null,
): PaymentStatus => {
  const has = (kind: Fact['kind'], status: string): boolean =>
    latest.some((f) => f.kind === kind && f.status === status);
  if (capturedMinor > 0n) {
    if (refundedMinor === 0n) return 'succeeded';
    return refundedMinor < capturedMinor ? 'partially_refunded' : 'refunded';
  }
  // Money in flight outranks every end without money.
  if (has('capture', 'pending')) return 'processing';
  if (has('cancellation', 'canceled')) return 'canceled';
  if (has('expiry', 'expired')) return 'expired';
  if (open !== null) return open.status;
  if (has('authorization', 'authorized')) return 'requires_capture';
  return has('capture', 'failed') ? 'requires_payment_method' : 'created';
};

const sum = (facts: readonly Fact[]): bigint => facts.reduce((total, fact) => total + fact.amountMinor, 0n);

/** Statuses in which the provider may still change its mind, so that the sweep keeps asking. */
export const openPaymentStatuses: readonly PaymentStatus[] = [
  'created',
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
];

/** Whether money was taken, whatever came back since. */
export const isSettled = (status: PaymentStatus): boolean =>
  status === 'succeeded' || status === 'partially_refunded' || status === 'refunded';
