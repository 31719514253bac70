import * as z from 'zod/mini';
import type { Fact, factKinds } from '../domain/fact-kinds';
import type { Observation } from '../domain/observation';
import { idOf, minorOfStripe } from './stripe-facts';
import { currency, id, reference } from './stripe-objects';

/**
 * Stripe's dispute, as far as facts need it (docs.stripe.com/api/disputes/object). Its movements stand in it whole. Nothing of
 * the evidence is looked at.
 */
export const stripeDispute = z.object({
  object: z.literal('dispute'),
  id,
  status: z.enum([
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'appeal_needs_response',
    'appeal_under_review',
    'prevented',
    'won',
    'lost',
  ]),
  amount: z.int().check(z.nonnegative()),
  currency,
  charge: reference,
  payment_intent: z.optional(z.nullable(reference)),
  balance_transactions: z.array(z.object({ id, amount: z.int(), fee: z.int(), currency })),
});

export type StripeDispute = z.infer<typeof stripeDispute>;
type Movement = StripeDispute['balance_transactions'][number];

/**
 * Stripe's words are ours. An appeal against what the payer's bank decided (docs.stripe.com/disputes/arbitration) asks for the same
 * of us as the dispute itself did, after it was reviewed or lost.
 */
const DISPUTE_STATUS: Readonly<Record<StripeDispute['status'], keyof typeof factKinds.dispute>> = {
  warning_needs_response: 'warning_needs_response',
  warning_under_review: 'warning_under_review',
  warning_closed: 'warning_closed',
  needs_response: 'needs_response',
  under_review: 'under_review',
  appeal_needs_response: 'needs_response',
  appeal_under_review: 'under_review',
  prevented: 'prevented',
  won: 'won',
  lost: 'lost',
};

/**
 * A dispute by its status, whatever the event that carries it is called: `funds_reinstated` is no victory. Money follows from
 * its balance transactions alone: below 0 it was taken, above 0 given back. Null for a dispute of a charge that has no intent:
 * it is none of ours. `at` is when the snapshot was taken, ISO 8601: a dispute does not say when it last changed.
 */
export const observeDispute = (dispute: StripeDispute, at: string): Observation | null => {
  const providerRef = idOf(dispute.payment_intent);
  if (providerRef === null) return null;
  return {
    provider: 'stripe',
    providerRef,
    // A dispute's own metadata is not the intent's.
    paymentId: null,
    asked: null,
    facts: factsOfDispute(dispute, at),
    open: null,
  };
};

const factsOfDispute = (dispute: StripeDispute, at: string): readonly Fact[] => {
  const parentId = idOf(dispute.charge);
  const base = { currency: dispute.currency.toUpperCase(), parentId };
  return [
    {
      ...base,
      kind: 'dispute',
      objectId: dispute.id,
      status: DISPUTE_STATUS[dispute.status],
      amountMinor: 0n,
      asOf: at,
    },
    ...dispute.balance_transactions.flatMap((movement) => [
      ...principalOf(dispute, movement, base),
      ...feeOf(dispute, movement, base),
    ]),
  ];
};

type Base = Pick<Fact, 'currency' | 'parentId'>;

/**
 * Where Stripe keeps our balance in another currency, the balance transaction is in that one; the payment moved by the
 * disputed amount.
 */
const principalOf = (dispute: StripeDispute, movement: Movement, base: Base): readonly Fact[] => {
  if (movement.amount === 0) return [];
  const isOwn = movement.currency === dispute.currency;
  const amountMinor = minorOfStripe(isOwn ? Math.abs(movement.amount) : dispute.amount, dispute.currency);
  if (amountMinor === 0n) return [];
  const fact = { ...base, objectId: movement.id, amountMinor };
  return movement.amount < 0
    ? [{ ...fact, kind: 'withdrawal', status: 'withdrawn' }]
    : [{ ...fact, kind: 'reinstatement', status: 'reinstated' }];
};

/** A dispute's fee, and its return; only counted in the payment's own currency, as the fee of a charge is. */
const feeOf = (dispute: StripeDispute, movement: Movement, base: Base): readonly Fact[] => {
  if (movement.fee === 0 || movement.currency !== dispute.currency) return [];
  const fact = {
    ...base,
    objectId: movement.id,
    amountMinor: minorOfStripe(Math.abs(movement.fee), movement.currency),
  };
  return movement.fee > 0
    ? [{ ...fact, kind: 'fee', status: 'charged' }]
    : [{ ...fact, kind: 'fee_return', status: 'returned' }];
};
