import type { LedgerAccount, LedgerKind } from '../../services/payment/domain/booking-rules';
import { derivePayment } from '../../services/payment/domain/derive-payment';
import { factKey } from '../../services/payment/domain/fact-kinds';
import { isSettled } from '../../services/payment/domain/payment-status';
import type { Truth } from './model-intent';
import type { StoredPayment } from './payment-store';

/** What is wrong with a step from one state of a payment to the next; nothing, if all is well. */
export const faultsOfStep = (before: StoredPayment, after: StoredPayment): readonly string[] => {
  const faults: string[] = [];
  const claim = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const keys = new Set(after.row.facts.map(factKey));
  claim(
    before.row.facts.every((fact) => keys.has(factKey(fact))),
    'a fact was lost',
  );
  claim(keys.size === after.row.facts.length, 'a fact is held twice');
  claim(
    [...before.ledger.keys()].every((key) => after.ledger.has(key)),
    'a booking was lost',
  );
  claim([...after.ledger.values()].every(isBalanced), 'a booking does not balance');

  const [was, is] = [before.derived, after.derived];
  if (is === null) return faults;
  claim(is.refundedMinor <= is.capturedMinor, 'refunded more than captured');
  claim(is.capturedMinor <= after.row.amountMinor, 'captured more than asked');
  claim(
    -totalOf(after, 'sales') === is.capturedMinor - is.refundedMinor,
    'the sales account differs from the totals',
  );
  claim(totalOf(after, 'provider_fees') === is.feeMinor, 'the fee account differs from the totals');
  claim(totalOf(after, 'disputes') === is.reversedMinor, 'the disputes account differs from the totals');
  if (was === null) return faults;
  claim(is.capturedMinor >= was.capturedMinor, 'captured money was forgotten');
  claim(is.feeMinor >= was.feeMinor || hasNew(before, after, 'fee_return'), 'a fee was forgotten');
  claim(
    is.reversedMinor >= was.reversedMinor || hasNew(before, after, 'reinstatement'),
    'a withdrawal was forgotten',
  );
  claim(is.disputeStatus !== null || was.disputeStatus === null, 'a dispute was forgotten');
  claim(!isSettled(was.status) || isSettled(is.status), `${was.status} went back to ${is.status}`);
  claim(
    was.status !== 'canceled' || !(is.status.startsWith('requires') || is.status === 'created'),
    'canceled was undone',
  );
  claim(is.refundedMinor >= was.refundedMinor || hasNewReturn(before, after), 'a refund was forgotten');
  return faults;
};

/** What differs from the provider's truth in the end. */
export const faultsOfEnd = ({ derived, row }: StoredPayment, truth: Truth): readonly string[] => {
  const found = derived ?? derivePayment([], null);
  const fields = [
    'status',
    'capturedMinor',
    'refundedMinor',
    'reversedMinor',
    'feeMinor',
    'disputeStatus',
  ] as const;
  const differing = fields.filter((field) => found[field] !== truth[field]);
  const facts = row.facts.map(factKey).join(' ');
  return differing.map(
    (field) => `in the end ${field} is ${found[field]}, at the provider ${truth[field]} (${facts})`,
  );
};

const isBalanced = ({
  entries,
}: {
  readonly entries: readonly { readonly amountMinor: bigint }[];
}): boolean =>
  entries.length === 2 && entries.reduce((total, { amountMinor }) => total + amountMinor, 0n) === 0n;

const totalOf = ({ ledger }: StoredPayment, account: LedgerAccount): bigint =>
  [...ledger.values()]
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.account === account)
    .reduce((total, { amountMinor }) => total + amountMinor, 0n);

/** Only the return of a refund by a bank takes from what was refunded. */
const hasNewReturn = (before: StoredPayment, after: StoredPayment): boolean =>
  returnsIn(after) > returnsIn(before);

/** A fact of that kind that was not there, or did not count before its capture was known. */
const hasNew = (before: StoredPayment, after: StoredPayment, kind: LedgerKind): boolean => {
  const booked = ({ ledger }: StoredPayment): number =>
    [...ledger.values()].filter((booking) => booking.kind === kind).length;
  return booked(after) > booked(before);
};

const returnsIn = ({ row }: StoredPayment): number =>
  row.facts.filter(({ kind, status }) => kind === 'refund' && (status === 'failed' || status === 'canceled'))
    .length;
