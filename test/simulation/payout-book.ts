import type { LedgerTransaction } from '../../services/payment/domain/ledger';
import type { Payout } from '../../services/payment/domain/payout';
import type { PayoutChange } from '../../services/payment/sql/apply-reports';
import { book } from './book';
import type { Random } from './random';

/** The tables of payouts and their bookings, in memory. */
export interface PayoutBook {
  /** All reports, each time in another order. */
  readonly load: () => readonly Payout[];
  /** False, with nothing written, where a report is known by now that the writer did not know of. */
  readonly write: (change: PayoutChange) => boolean;
  /** What is wrong in the end, by rules of this file alone. */
  readonly faults: (reported: readonly Payout[]) => readonly string[];
}

const rowKey = ({ objectId, status }: Payout): string => `${objectId} ${status}`;

export const payoutBook = (random: Random): PayoutBook => {
  const rows = new Map<string, Payout>();
  let ledger: ReadonlyMap<string, LedgerTransaction> = new Map();

  const statusesOf = (objectId: string, of: Iterable<Payout>): ReadonlySet<string> =>
    new Set([...of].filter((row) => row.objectId === objectId).map(({ status }) => status));
  /** What the books must say of a payout of which these statuses were reported: at the bank and still at the provider. */
  const dueKeys = (objectId: string, seen: ReadonlySet<string>): readonly string[] => {
    const wentOut = seen.has('pending') || seen.has('in_transit') || seen.has('paid');
    const cameBack = wentOut && (seen.has('canceled') || seen.has('failed'));
    return [
      ...(wentOut ? [`stripe:payout:${objectId}:made`] : []),
      ...(cameBack ? [`stripe:payout:${objectId}:returned`] : []),
    ];
  };

  return {
    load: () => random.shuffle([...rows.values()]),
    write: ({ newPayouts, ledger: due }) => {
      const after = new Map([...rows, ...newPayouts.map((row) => [rowKey(row), row] as const)]);
      const books = new Set([...ledger.keys(), ...due.map(({ key }) => key)]);
      for (const { objectId } of newPayouts) {
        const keys = dueKeys(objectId, statusesOf(objectId, after.values()));
        if (keys.some((key) => !books.has(key))) return false;
      }
      for (const [key, row] of after) rows.set(key, row);
      // A writer that knows less than is known here would book less, so what is due is added and never compared.
      ledger = book(ledger, [...new Map([...ledger, ...due.map((one) => [one.key, one] as const)]).values()]);
      return true;
    },
    faults: (reported) => {
      const ids = [...new Set(reported.map(({ objectId }) => objectId))];
      const due = ids.flatMap((id) => dueKeys(id, statusesOf(id, reported))).sort();
      const held = [...ledger.keys()].sort();
      return `${held}` === `${due}` ? [] : [`payouts are booked as ${held}, reported were ${due}`];
    },
  };
};
