import { type Fact, factKey } from '../../services/payment/domain/fact-kinds';
import type { LedgerTransaction } from '../../services/payment/domain/ledger';
import type { PaymentChange, PayoutChange } from '../../services/payment/sql/apply-reports';
import type { LoadedPayment } from '../../services/payment/sql/load-payments';
import { book } from './book';
import { type PayoutBook, payoutBook } from './payout-book';
import type { Random } from './random';

/** A payment's row with its books. */
export interface StoredPayment {
  readonly row: LoadedPayment;
  readonly derived: PaymentChange['derived'] | null;
  readonly ledger: ReadonlyMap<string, LedgerTransaction>;
}

/** The database in memory, under the same rule as `applyReports`: a write on top of another version is left out. */
export interface PaymentStore {
  readonly payments: ReadonlyMap<string, StoredPayment>;
  /** The payments as rows; a set has no order, so each reading gives the facts in another one. */
  readonly load: (ids: readonly string[]) => readonly LoadedPayment[];
  readonly payouts: PayoutBook;
  /**
   * Writes, and gives the ids written; null where the database would refuse the whole, because a payout was reported by somebody
   * else in between. Throws where a constraint of the database would.
   */
  readonly write: (changes: readonly PaymentChange[], payouts: PayoutChange) => ReadonlySet<string> | null;
}

export const paymentStore = (rows: readonly LoadedPayment[], random: Random): PaymentStore => {
  const payments = new Map<string, StoredPayment>(
    rows.map((row) => [row.id, { row, derived: null, ledger: new Map() }]),
  );
  const payouts = payoutBook(random);
  return {
    payments,
    load: (ids) =>
      ids.flatMap((id) => {
        const stored = payments.get(id);
        return stored === undefined ? [] : [{ ...stored.row, facts: random.shuffle(stored.row.facts) }];
      }),
    payouts,
    write: (changes, payoutChange) => {
      if (!payouts.write(payoutChange)) return null;
      const written = new Set<string>();
      for (const change of changes) {
        const stored = payments.get(change.id);
        if (stored === undefined || stored.row.version !== change.version) continue;
        payments.set(change.id, applyChange(stored, change));
        written.add(change.id);
      }
      return written;
    },
  };
};

const applyChange = ({ row, ledger }: StoredPayment, change: PaymentChange): StoredPayment => ({
  row: {
    ...row,
    providerRef: change.providerRef,
    open: change.open,
    reviewReason: change.reviewReason,
    version: row.version + 1n,
    facts: addFacts(row.facts, change.newFacts),
  },
  derived: change.derived,
  ledger: book(ledger, change.ledger),
});

const addFacts = (held: readonly Fact[], added: readonly Fact[]): readonly Fact[] => {
  const keys = new Set(held.map(factKey));
  for (const fact of added) {
    if (keys.has(factKey(fact))) throw new Error(`fact written twice: ${factKey(fact)}`);
    keys.add(factKey(fact));
  }
  return [...held, ...added];
};
