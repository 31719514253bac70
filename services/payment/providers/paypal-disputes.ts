import * as z from 'zod/mini';
import type { Fact, factKinds } from '../domain/fact-kinds';
import type { Observation } from '../domain/observation';
import { minorOfPayPal, paypalId, paypalMoney } from './paypal-amounts';

/**
 * PayPal's dispute, as far as facts need it (Customer Disputes v1). Its words are open: one that is new to us must not keep the
 * rest from being read. No message, evidence, name or address is kept.
 */
export const paypalDispute = z.object({
  dispute_id: paypalId,
  status: z.string(),
  update_time: z.optional(z.string()),
  dispute_life_cycle_stage: z.optional(z.string()),
  dispute_outcome: z.optional(z.object({ outcome_code: z.optional(z.string()) })),
  disputed_transactions: z.optional(z.array(z.object({ seller_transaction_id: z.optional(paypalId) }))),
  money_movements: z.optional(
    z.array(
      z.object({
        affected_party: z.optional(z.string()),
        type: z.optional(z.string()),
        reason: z.optional(z.string()),
        amount: z.optional(paypalMoney),
        initiated_time: z.optional(z.string()),
      }),
    ),
  ),
});

type Dispute = z.infer<typeof paypalDispute>;
type Movement = NonNullable<Dispute['money_movements']>[number];
export type DisputeStatus = keyof typeof factKinds.dispute;

/** What a dispute does not say itself, but its reader must know. */
export const disputeContext = z.object({ order: z.string(), capture: z.string(), currency: z.string() });
export type DisputeContext = z.infer<typeof disputeContext>;

/**
 * Where an undecided dispute stands: first in the stage INQUIRY, in which buyer and seller talk and no money moves, then in all
 * later ones (CHARGEBACK, PRE_ARBITRATION, ARBITRATION). A status that is not here counts as under review.
 */
const UNDECIDED: Readonly<Record<string, readonly [inquiry: DisputeStatus, claim: DisputeStatus]>> = {
  OPEN: ['warning_needs_response', 'needs_response'],
  WAITING_FOR_SELLER_RESPONSE: ['warning_needs_response', 'needs_response'],
  WAITING_FOR_BUYER_RESPONSE: ['warning_under_review', 'under_review'],
  UNDER_REVIEW: ['warning_under_review', 'under_review'],
  OTHER: ['warning_under_review', 'under_review'],
};
const IN_REVIEW = ['warning_under_review', 'under_review'] as const;

/**
 * How a RESOLVED dispute ended, again in the stage INQUIRY and later. An inquiry that ends without money is closed, not won.
 * ACCEPTED: the claim was accepted. DENIED: PayPal denied the claim. RESOLVED_WITH_PAYOUT: PayPal paid the buyer itself and the
 * seller keeps the money. NONE and an outcome that is not here decide nothing yet.
 */
const DECIDED: Readonly<Record<string, readonly [inquiry: DisputeStatus, claim: DisputeStatus]>> = {
  RESOLVED_BUYER_FAVOUR: ['lost', 'lost'],
  ACCEPTED: ['lost', 'lost'],
  RESOLVED_SELLER_FAVOUR: ['warning_closed', 'won'],
  CANCELED_BY_BUYER: ['warning_closed', 'won'],
  RESOLVED_WITH_PAYOUT: ['warning_closed', 'won'],
  DENIED: ['warning_closed', 'won'],
};

/** A PayPal dispute's status in our words. Without a stage it counts as more than an inquiry. */
export const statusOfDispute = (dispute: Dispute): DisputeStatus => {
  const outcome = dispute.dispute_outcome?.outcome_code ?? 'NONE';
  const row = dispute.status === 'RESOLVED' ? DECIDED[outcome] : UNDECIDED[dispute.status];
  const [inquiry, claim] = row ?? IN_REVIEW;
  return dispute.dispute_life_cycle_stage === 'INQUIRY' ? inquiry : claim;
};

/**
 * What a dispute says about the capture in its context: where it stands, what PayPal charged for it, and, once it is
 * decided, what was taken and given back again. What was taken for good is not read here but from the order, because there
 * PayPal may show it as a refund too, and it must count once. `seenAt`: when it was read, ISO 8601, for one that does not say when
 * it last changed.
 */
export const observePayPalDispute = (
  dispute: Dispute,
  context: DisputeContext,
  seenAt: string,
): Observation => ({
  provider: 'paypal',
  providerRef: context.order,
  paymentId: null,
  asked: null,
  facts: [
    {
      kind: 'dispute',
      objectId: dispute.dispute_id,
      status: statusOfDispute(dispute),
      amountMinor: 0n,
      currency: context.currency,
      parentId: context.capture,
      asOf: timeOf(dispute, seenAt),
    },
    ...feesOf(dispute, context),
    ...returnedMoneyOf(dispute, context),
  ],
  open: null,
});

const timeOf = ({ update_time: updated = '' }: Dispute, seenAt: string): string =>
  new Date(Number.isNaN(Date.parse(updated)) ? seenAt : updated).toISOString();

const SETTLEMENT = 'DISPUTE_SETTLEMENT';
const FEES: ReadonlySet<string | undefined> = new Set([
  'DISPUTE_FEE',
  'CHARGEBACK_FEE',
  'DISPUTE_SETTLEMENT_FEE',
]);

/** Our side of a dispute's money, only in the payment's own currency; oldest first, so that ordinals stay. */
const ownMovements = (dispute: Dispute, { currency }: DisputeContext): readonly OwnMovement[] =>
  (dispute.money_movements ?? [])
    .flatMap(({ affected_party, amount, type, reason, initiated_time = '' }: Movement) =>
      affected_party === 'SELLER' && amount?.currency_code === currency
        ? [{ type, reason, at: initiated_time, amountMinor: minorOfPayPal(amount) }]
        : [],
    )
    .filter(({ amountMinor }) => amountMinor > 0n)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

interface OwnMovement {
  readonly type: string | undefined;
  readonly reason: string | undefined;
  readonly at: string;
  readonly amountMinor: bigint;
}

/** Movements have no ids: a fee is known by its dispute, its reason and how many of the kind came before it. */
const feesOf = (dispute: Dispute, context: DisputeContext): readonly Fact[] => {
  const seen = new Map<string, number>();
  return ownMovements(dispute, context)
    .filter(({ reason }) => FEES.has(reason))
    .map(({ reason, type, amountMinor }) => {
      const name = `${dispute.dispute_id}:${reason}:${type}`;
      const ordinal = (seen.get(name) ?? 0) + 1;
      seen.set(name, ordinal);
      const fact = {
        objectId: `${name}:${ordinal}`,
        amountMinor,
        currency: context.currency,
        parentId: context.capture,
      };
      return type === 'CREDIT'
        ? { ...fact, kind: 'fee_return', status: 'returned' }
        : { ...fact, kind: 'fee', status: 'charged' };
    });
};

/**
 * A decided dispute that first took and then gave back. The taking carries the key that a withdrawal seen in the order has, so
 * that it is the same fact, should the order have shown it; together they change no total.
 */
const returnedMoneyOf = (dispute: Dispute, context: DisputeContext): readonly Fact[] => {
  if (dispute.status !== 'RESOLVED') return [];
  const settlements = ownMovements(dispute, context).filter(({ reason }) => reason === SETTLEMENT);
  const takenMinor = sum(settlements.filter(({ type }) => type === 'DEBIT'));
  const givenMinor = sum(settlements.filter(({ type }) => type === 'CREDIT'));
  if (takenMinor === 0n || givenMinor === 0n) return [];
  const base = { currency: context.currency, parentId: context.capture };
  return [
    {
      ...base,
      kind: 'withdrawal',
      objectId: context.capture,
      status: 'withdrawn',
      amountMinor: takenMinor,
    },
    {
      ...base,
      kind: 'reinstatement',
      objectId: dispute.dispute_id,
      status: 'reinstated',
      amountMinor: givenMinor,
    },
  ];
};

const sum = (movements: readonly OwnMovement[]): bigint =>
  movements.reduce((total, { amountMinor }) => total + amountMinor, 0n);
