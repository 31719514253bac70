import type { Fact } from '../../services/payment/domain/fact-kinds';

/** What must follow from a set of facts, whatever the order: the state, and the balance of every account that moved. */
export interface Expected {
  readonly status: string;
  readonly dispute: string | null;
  readonly totals: Readonly<Record<'captured' | 'refunded' | 'reversed' | 'fees', bigint>>;
  readonly accounts: Readonly<Record<string, bigint>>;
}

/**
 * An oracle that shares nothing with the product: it asks of a set whether it holds a fact, and knows no ranks, no latest facts
 * and no bookings. For Stripe, and one capture.
 */
export const expectOfSet = (facts: readonly Fact[]): Expected => {
  const has = (kind: string, ...statuses: readonly string[]): boolean =>
    facts.some((fact) => fact.kind === kind && statuses.includes(fact.status));
  const capture = facts.find(({ kind, status }) => kind === 'capture' && status === 'succeeded');
  const ofCapture = facts.filter(({ parentId }) => parentId === capture?.objectId && parentId !== null);
  const worth = (kind: string, status: string, but: (fact: Fact) => boolean = () => false): bigint =>
    ofCapture
      .filter((fact) => fact.kind === kind && fact.status === status && !but(fact))
      .reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const cameBack = ({ objectId }: Fact): boolean =>
    facts.some(
      (fact) =>
        fact.kind === 'refund' && fact.objectId === objectId && ['failed', 'canceled'].includes(fact.status),
    );

  const totals = {
    captured: capture?.amountMinor ?? 0n,
    refunded: worth('refund', 'succeeded', cameBack),
    reversed: worth('withdrawal', 'withdrawn') - worth('reinstatement', 'reinstated'),
    fees: worth('fee', 'charged') - worth('fee_return', 'returned'),
  };
  const dispute = worstDispute(facts);
  const statusWithMoney = (): string => {
    const isOpen = dispute !== null && /needs_response|under_review/.test(dispute);
    if (totals.reversed > 0n && totals.captured - totals.refunded - totals.reversed <= 0n && !isOpen)
      return 'reversed';
    if (totals.refunded === totals.captured) return 'refunded';
    return totals.refunded === 0n ? 'succeeded' : 'partially_refunded';
  };
  const statusWithout = (): string => {
    // A pending charge that failed is no longer pending; one that is only pending is money in flight.
    const isPending = facts.some(
      ({ kind, status, objectId }) =>
        kind === 'capture' &&
        status === 'pending' &&
        !facts.some(
          (other) => other.kind === 'capture' && other.objectId === objectId && other.status === 'failed',
        ),
    );
    if (isPending) return 'processing';
    if (has('cancellation', 'canceled')) return 'canceled';
    if (has('expiry', 'expired')) return 'expired';
    if (has('authorization', 'authorized')) return 'requires_capture';
    return has('capture', 'failed') ? 'requires_payment_method' : 'created';
  };
  return {
    status: totals.captured > 0n ? statusWithMoney() : statusWithout(),
    dispute,
    totals,
    accounts: {
      sales: totals.refunded - totals.captured,
      provider_fees: totals.fees,
      disputes: totals.reversed,
      stripe_balance: totals.captured - totals.refunded - totals.reversed - totals.fees,
    },
  };
};

const LIFE_OF_DISPUTE =
  'warning_needs_response warning_under_review warning_closed needs_response under_review prevented won lost'.split(
    ' ',
  );
const URGENCY =
  'needs_response warning_needs_response under_review warning_under_review lost won prevented warning_closed'.split(
    ' ',
  );

/** Each dispute stands where it was last said to; of what was said at one moment, at the last. The most urgent of those is shown. */
const worstDispute = (facts: readonly Fact[]): string | null => {
  const disputes = facts.filter(({ kind }) => kind === 'dispute');
  const standing = [...new Set(disputes.map(({ objectId }) => objectId))].map((id) => {
    const said = disputes.filter(({ objectId }) => objectId === id);
    const newest = said
      .map(({ asOf = '' }) => asOf)
      .sort()
      .at(-1);
    const then = said.filter(({ asOf = '' }) => asOf === newest);
    return LIFE_OF_DISPUTE.findLast((status) => then.some((fact) => fact.status === status));
  });
  return URGENCY.find((status) => standing.includes(status)) ?? null;
};
