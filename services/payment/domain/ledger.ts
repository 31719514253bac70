import { type Fact, factKey } from './fact-kinds';
import type { Provider } from './provider-scale';

export type LedgerAccount = 'stripe_balance' | 'paypal_balance' | 'sales' | 'provider_fees';

export interface LedgerEntry {
  readonly account: LedgerAccount;
  /** Debit positive, credit negative, ISO 4217 minor units. */
  readonly amountMinor: bigint;
}

export interface LedgerTransaction {
  /** The fact it books, so that it is booked once: `stripe:capture:ch_1:succeeded`. */
  readonly key: string;
  readonly kind: 'capture' | 'refund' | 'refund_reversal' | 'fee';
  readonly currency: string;
  readonly entries: readonly LedgerEntry[];
}

/**
 * The bookings that follow from a set of facts. It only ever grows with the set (a larger set has all bookings of a smaller
 * one), which is what lets the ledger be append-only while reports come in any order: a refund is booked once its capture is
 * known, its return by the bank once the refund is.
 */
export const ledgerOf = (provider: Provider, facts: readonly Fact[]): readonly LedgerTransaction[] => {
  const balance: LedgerAccount = `${provider}_balance`;
  const captured = new Set(facts.filter(isCaptured).map((f) => f.objectId));
  const refunded = new Set(
    facts.filter((f) => f.kind === 'refund' && f.status === 'succeeded').map((f) => f.objectId),
  );
  const returned = new Set<string>();

  const book = (
    fact: Fact,
    kind: LedgerTransaction['kind'],
    debit: LedgerAccount,
    credit: LedgerAccount,
  ): LedgerTransaction => ({
    key: `${provider}:${kind === 'refund_reversal' ? `refund:${fact.objectId}:reversed` : factKey(fact)}`,
    kind,
    currency: fact.currency,
    entries: [
      { account: debit, amountMinor: fact.amountMinor },
      { account: credit, amountMinor: -fact.amountMinor },
    ],
  });

  return facts.flatMap((fact): readonly LedgerTransaction[] => {
    if (fact.amountMinor === 0n) return [];
    if (isCaptured(fact)) return [book(fact, 'capture', balance, 'sales')];
    if (fact.parentId === null || !captured.has(fact.parentId)) return [];
    if (fact.kind === 'fee') return [book(fact, 'fee', 'provider_fees', balance)];
    if (fact.kind !== 'refund') return [];
    if (fact.status === 'succeeded') return [book(fact, 'refund', 'sales', balance)];
    const isReturned = fact.status === 'failed' || fact.status === 'canceled';
    // Failed and canceled both undo the refund; should a provider report both, it is undone once.
    if (!isReturned || !refunded.has(fact.objectId) || returned.has(fact.objectId)) return [];
    returned.add(fact.objectId);
    return [book(fact, 'refund_reversal', balance, 'sales')];
  });
};

const isCaptured = (fact: Fact): boolean => fact.kind === 'capture' && fact.status === 'succeeded';
