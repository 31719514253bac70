import type { LedgerTransaction } from '../../services/payment/domain/ledger';

/**
 * Adds what is due to the books. A booking that is there stays as it is, as with `on conflict do nothing`; a different one
 * under its key is a fault, and so is one that is no longer due.
 */
export const book = (
  held: ReadonlyMap<string, LedgerTransaction>,
  due: readonly LedgerTransaction[],
): ReadonlyMap<string, LedgerTransaction> => {
  const books = new Map(held);
  for (const transaction of due) {
    const other = books.get(transaction.key);
    if (other === undefined) books.set(transaction.key, transaction);
    else if (!sameBooking(other, transaction)) throw new Error(`booking changed: ${transaction.key}`);
  }
  const keys = new Set(due.map(({ key }) => key));
  for (const key of held.keys()) if (!keys.has(key)) throw new Error(`booking taken back: ${key}`);
  return books;
};

const sameBooking = (a: LedgerTransaction, b: LedgerTransaction): boolean =>
  a.kind === b.kind &&
  a.currency === b.currency &&
  a.entries.length === b.entries.length &&
  a.entries.every(({ account, amountMinor }, at) => {
    const entry = b.entries[at];
    return entry?.account === account && entry.amountMinor === amountMinor;
  });
