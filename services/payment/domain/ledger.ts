import {
  factBookings,
  type LedgerAccount,
  type LedgerKind,
  payoutBookings,
  type RuleAccount,
  refundReversal,
} from './booking-rules';
import { type Fact, factKey } from './fact-kinds';
import type { Payout } from './payout';
import type { Provider } from './provider-scale';

export interface LedgerEntry {
  readonly account: LedgerAccount;
  /** Debit positive, credit negative, ISO 4217 minor units. */
  readonly amountMinor: bigint;
}

export interface LedgerTransaction {
  /** What it books, so that it is booked once: `stripe:capture:ch_1:succeeded`. */
  readonly key: string;
  readonly kind: LedgerKind;
  readonly currency: string;
  readonly entries: readonly LedgerEntry[];
}

/**
 * The bookings that follow from a set of facts. It only ever grows with the set (a larger set has all bookings of a smaller
 * one), which is what lets the ledger be append-only while reports come in any order: what belongs to a capture is booked
 * once that is known, the return of a refund by the bank once the refund is.
 */
export const ledgerOf = (provider: Provider, facts: readonly Fact[]): readonly LedgerTransaction[] => {
  const captured = new Set(facts.filter(isCaptured).map((f) => f.objectId));
  const returned = new Set(facts.filter(isReturned).map((f) => f.objectId));
  return facts.flatMap((fact): readonly LedgerTransaction[] => {
    const rule = factBookings.find(({ books, status }) => books === fact.kind && status === fact.status);
    if (rule === undefined || fact.amountMinor === 0n) return [];
    const belongs = fact.kind === 'capture' || (fact.parentId !== null && captured.has(fact.parentId));
    if (!belongs) return [];
    const booked = book(rule, factKey(fact), { ...fact, provider });
    if (fact.kind !== 'refund' || !returned.has(fact.objectId)) return [booked];
    // What is undone is what was booked, so it is worth as much.
    return [booked, book(refundReversal, `refund:${fact.objectId}:reversed`, { ...fact, provider })];
  });
};

/** The bookings that follow from a set of payouts: as with facts, independent of order, and growing with the set. */
export const ledgerOfPayouts = (payouts: readonly Payout[]): readonly LedgerTransaction[] => {
  const { made, returned } = payoutBookings;
  const idOf = ({ provider, objectId }: Payout): string => `${provider}:${objectId}`;
  const seenAs = (seen: readonly string[]): ReadonlyMap<string, Payout> =>
    new Map(payouts.filter(({ status }) => seen.includes(status)).map((payout) => [idOf(payout), payout]));
  const undone = seenAs(returned.seen);
  return [...seenAs(made.seen).values()].flatMap((payout) => {
    const booked = book(made, `payout:${payout.objectId}:made`, payout);
    if (!undone.has(idOf(payout))) return [booked];
    return [booked, book(returned, `payout:${payout.objectId}:returned`, payout)];
  });
};

interface Rule {
  readonly books: LedgerKind;
  readonly debit: RuleAccount;
  readonly credit: RuleAccount;
}

interface Worth {
  readonly provider: Provider;
  readonly amountMinor: bigint;
  readonly currency: string;
}

const book = (rule: Rule, key: string, { provider, amountMinor, currency }: Worth): LedgerTransaction => {
  const accountOf = (account: RuleAccount): LedgerAccount =>
    account === 'balance' ? `${provider}_balance` : account;
  return {
    key: `${provider}:${key}`,
    kind: rule.books,
    currency,
    entries: [
      { account: accountOf(rule.debit), amountMinor },
      { account: accountOf(rule.credit), amountMinor: -amountMinor },
    ],
  };
};

const isCaptured = (fact: Fact): boolean => fact.kind === 'capture' && fact.status === 'succeeded';

const isReturned = (fact: Fact): boolean =>
  fact.kind === 'refund' && refundReversal.after.some((status) => status === fact.status);
