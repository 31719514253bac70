import { type DerivedPayment, derivePayment } from './derive-payment';
import type { Fact, FactKind } from './fact-kinds';
import { contradiction, newFacts } from './join-facts';
import { type LedgerTransaction, ledgerOf } from './ledger';
import type { Observation } from './observation';
import { newest, type OpenObservation } from './open-status';
import type { Provider } from './provider-scale';

/** A payment as reconcile knows it: the row's identity, its set of facts and the newest open status. */
export interface PaymentState {
  readonly id: string;
  readonly provider: Provider;
  readonly providerRef: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly facts: readonly Fact[];
  readonly open: OpenObservation | null;
  readonly reviewReason: string | null;
}

export type ReviewReason =
  | 'other_payment_id'
  | 'other_provider_ref'
  | 'other_amount'
  | 'other_currency'
  | 'contradicting_fact'
  | 'captured_more_than_asked'
  | 'refunded_more_than_captured';

export type Fold =
  | { readonly kind: 'applied'; readonly state: PaymentState; readonly added: readonly Fact[] }
  /** The report cannot be about what we asked for: nothing of it counts, and a person must look. */
  | { readonly kind: 'review'; readonly reason: ReviewReason };

/** Joins one observation into a payment. Applying observations in any order, any number of times, gives one state. */
export const foldObservation = (state: PaymentState, reported: Observation, eventId: string): Fold => {
  const observation = { ...reported, facts: inOwnCurrency(state, reported.facts) };
  const mismatch = findMismatch(state, observation);
  if (mismatch !== null) return { kind: 'review', reason: mismatch };
  const added = newFacts(state.facts, observation.facts);
  const facts = [...state.facts, ...added];
  const derived = derivePayment(facts, null);
  if (derived.capturedMinor > state.amountMinor)
    return { kind: 'review', reason: 'captured_more_than_asked' };
  if (derived.refundedMinor > derived.capturedMinor)
    return { kind: 'review', reason: 'refunded_more_than_captured' };
  const seen = observation.open === null ? null : { ...observation.open, eventId };
  return {
    kind: 'applied',
    added,
    state: {
      ...state,
      providerRef: observation.providerRef ?? state.providerRef,
      facts,
      open: newest(state.open, seen),
    },
  };
};

/**
 * Stripe's disputes are in the currency of our balance, which may be another than was paid (what it is in the payer's, no field
 * says). Where one stands counts all the same, as it is worth nothing; what it moved cannot be told in the payment's currency, so
 * that it is not booked: the provider's statement lists it, and the drift report shows it.
 */
export const inOwnCurrency = (
  { currency }: Pick<PaymentState, 'currency'>,
  facts: readonly Fact[],
): readonly Fact[] => {
  const others = new Set(facts.filter(({ kind }) => kind === 'dispute').map((fact) => fact.currency));
  others.delete(currency);
  if (others.size === 0) return facts;
  return facts.flatMap((fact) => {
    if (fact.kind === 'dispute') return [{ ...fact, currency }];
    return MOVED.has(fact.kind) && others.has(fact.currency) ? [] : [fact];
  });
};

const MOVED: ReadonlySet<FactKind> = new Set<FactKind>(['withdrawal', 'reinstatement', 'fee', 'fee_return']);

const findMismatch = (state: PaymentState, observation: Observation): ReviewReason | null => {
  const { asked, facts } = observation;
  if (observation.paymentId !== null && observation.paymentId !== state.id) return 'other_payment_id';
  if (state.providerRef !== null && observation.providerRef !== state.providerRef)
    return 'other_provider_ref';
  if (asked !== null && asked.currency !== state.currency) return 'other_currency';
  if (asked !== null && asked.amountMinor !== state.amountMinor) return 'other_amount';
  if (facts.some((fact) => fact.currency !== state.currency)) return 'other_currency';
  return contradiction(state.facts, facts) === null ? null : 'contradicting_fact';
};

/** Everything of the row and the ledger that follows from a state. */
export const consequences = (
  state: PaymentState,
): { readonly derived: DerivedPayment; readonly ledger: readonly LedgerTransaction[] } => ({
  derived: derivePayment(state.facts, state.open),
  ledger: ledgerOf(state.provider, state.facts),
});
