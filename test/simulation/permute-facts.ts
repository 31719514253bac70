import { type Fact, factKey } from '../../services/payment/domain/fact-kinds';
import {
  consequences,
  foldObservation,
  type PaymentState,
} from '../../services/payment/domain/fold-observation';
import { alphabet } from '../support/facts';
import { expectOfSet } from './expect-of-set';

/**
 * The facts of a whole life of one payment: tries, a hold, its capture, two refunds with all their turns, the fee, disputes
 * with what they take and give back, the end.
 */
const LIFE: readonly string[] = [
  'capture:ch_1:succeeded',
  'refund:re_1:succeeded',
  'refund:re_1:failed',
  'withdrawal:txn_withdrawn:withdrawn',
  'dispute:du_2:needs_response:2026-11-08T12:00:00.000Z',
  'dispute:du_2:lost:2026-11-07T12:00:00.000Z',
  'reinstatement:txn_reinstated:reinstated',
  'capture:ch_1:pending',
  'fee:txn_1:charged',
  'cancellation:pi_1:canceled',
  'refund:re_2:succeeded',
  'fee_return:txn_reinstated:returned',
  'capture:ch_failed:failed',
  'dispute:du_1:warning_needs_response',
  'refund:re_1:canceled',
  'authorization:ch_1:authorized',
  'withdrawal:txn_part:withdrawn',
  'expiry:pi_1:expired',
  'refund:re_1:pending',
  'dispute:du_2:won:2026-11-09T12:00:00.000Z',
];

/** What was tried, and the orders and sets that led elsewhere. */
export interface Permutations {
  readonly sets: number;
  /** Orders of all sets together. */
  readonly orders: number;
  readonly faults: readonly string[];
}

const EMPTY: PaymentState = {
  id: '00000000-0000-4000-8000-000000000001',
  provider: 'stripe',
  providerRef: 'pi_1',
  amountMinor: 1999n,
  currency: 'USD',
  facts: [],
  open: null,
  reviewReason: null,
};

/**
 * Folds every order of every set of up to `size` of the first `letters` facts, one report for each fact, and compares the
 * outcome of each order with that of the first order of its set, and that one with what the oracle expects of the set. Orders
 * share what they begin with, so none is folded twice.
 */
export const permuteFacts = (letters: number = LIFE.length, size = 6): Permutations => {
  const facts = LIFE.slice(0, letters).map(factNamed);
  const outcomes = new Map<number, string>();
  const faults: string[] = [];
  let orders = 0;
  const visit = (state: PaymentState, set: number, depth: number): void => {
    for (const [index, fact] of facts.entries()) {
      const bit = 1 << index;
      if ((set & bit) !== 0) continue;
      const next = fold(state, fact);
      const outcome = next === null ? 'review' : outcomeOf(next);
      orders += 1;
      const expected = outcomes.get(set | bit);
      if (expected === undefined) {
        outcomes.set(set | bit, outcome);
        if (next !== null) faults.push(...againstOracle(next));
      } else if (expected !== outcome)
        faults.push(`${[...state.facts, fact].map(factKey).join(' ')}: ${outcome}`);
      if (next !== null && depth < size) visit(next, set | bit, depth + 1);
    }
  };
  visit(EMPTY, 0, 1);
  return { sets: outcomes.size, orders, faults };
};

const factNamed = (name: string): Fact => {
  const fact = alphabet.find((candidate) => factKey(candidate) === name);
  if (fact === undefined) throw new Error(`no such fact: ${name}`);
  return fact;
};

const fold = (state: PaymentState, fact: Fact): PaymentState | null => {
  const observation = {
    provider: 'stripe',
    providerRef: 'pi_1',
    paymentId: null,
    asked: null,
    open: null,
  } as const;
  const folded = foldObservation(state, { ...observation, facts: [fact] }, 'evt_1');
  return folded.kind === 'applied' ? folded.state : null;
};

/** Everything that would be stored, as one text that knows no order. */
const outcomeOf = (state: PaymentState): string => {
  const { derived, ledger } = consequences(state);
  const books = ledger.map(
    ({ key, entries }) => `${key} ${entries.map((e) => `${e.account} ${e.amountMinor}`)}`,
  );
  return `${Object.values(derived)} ${books.sort()}`;
};

const againstOracle = (state: PaymentState): readonly string[] => {
  const { derived, ledger } = consequences(state);
  const { status, dispute, totals, accounts } = expectOfSet(state.facts);
  const balances: Record<string, bigint> = { sales: 0n, provider_fees: 0n, disputes: 0n, stripe_balance: 0n };
  for (const { account, amountMinor } of ledger.flatMap(({ entries }) => entries))
    balances[account] = (balances[account] ?? 0n) + amountMinor;
  const found = [
    derived.status,
    derived.disputeStatus,
    derived.capturedMinor,
    derived.refundedMinor,
    derived.reversedMinor,
    derived.feeMinor,
    ...Object.values(balances),
  ];
  const expected = [
    status,
    dispute,
    totals.captured,
    totals.refunded,
    totals.reversed,
    totals.fees,
    ...Object.keys(balances).map((account) => accounts[account] ?? 0n),
  ];
  const isSame = found.every((value, index) => value === expected[index]);
  return isSame ? [] : [`${state.facts.map(factKey).join(' ')}: ${found}, expected ${expected}`];
};
