import fc from 'fast-check';
import { type Fact, type FactKind, factKinds } from '../../services/payment/domain/fact-kinds';

type Thing = Omit<Fact, 'status'>;

const ofPayment = (kind: FactKind, objectId: string, amountMinor: bigint): Thing => ({
  kind,
  objectId,
  amountMinor,
  currency: 'USD',
  parentId: null,
});

const ofCapture = (kind: FactKind, objectId: string, amountMinor: bigint): Thing => ({
  ...ofPayment(kind, objectId, amountMinor),
  parentId: 'ch_1',
});

/**
 * Facts as one payment of 1999 can have them: two charges, three refunds, two disputes and what they cost, fees, a
 * cancellation. Each thing has one amount, as at the providers; statuses come in any combination.
 */
const things: readonly Thing[] = [
  ofPayment('capture', 'ch_failed', 0n),
  ofPayment('capture', 'ch_1', 1999n),
  ofPayment('authorization', 'ch_1', 1999n),
  ofCapture('refund', 're_1', 500n),
  ofCapture('refund', 're_2', 1400n),
  ofCapture('refund', 're_3', 99n),
  ofCapture('fee', 'txn_1', 88n),
  ofCapture('fee', 'txn_withdrawn', 1500n),
  ofCapture('fee_return', 'txn_reinstated', 1500n),
  ofCapture('dispute', 'du_1', 0n),
  ofCapture('withdrawal', 'txn_withdrawn', 1999n),
  ofCapture('withdrawal', 'txn_part', 1499n),
  ofCapture('reinstatement', 'txn_reinstated', 1999n),
  ofPayment('cancellation', 'pi_1', 0n),
  ofPayment('expiry', 'pi_1', 0n),
];

const statusesOf = (kind: FactKind, objectId: string): readonly string[] =>
  objectId === 'ch_failed' ? ['pending', 'failed'] : Object.keys(factKinds[kind]);

/** A dispute that goes back and forth: where it stood on which day. On the sixth two reports are of one moment. */
const turns = [
  ['warning_needs_response', 1],
  ['warning_closed', 2],
  ['needs_response', 3],
  ['under_review', 4],
  ['needs_response', 5],
  ['under_review', 6],
  ['prevented', 6],
  ['lost', 7],
  ['needs_response', 8],
  ['won', 9],
] as const;

/** Everything that can be in the set. */
export const alphabet: readonly Fact[] = [
  ...things.flatMap((thing) =>
    statusesOf(thing.kind, thing.objectId).map((status) => ({
      ...thing,
      status,
      amountMinor: thing.kind === 'capture' && status !== 'succeeded' ? 0n : thing.amountMinor,
    })),
  ),
  ...turns.map(([status, day]) => ({
    ...ofCapture('dispute', 'du_2', 0n),
    status,
    asOf: `2026-11-0${day}T12:00:00.000Z`,
  })),
];

/** A history: facts of the alphabet, repeated and in any order. */
export const histories = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 });

/** A set of facts and one order of it. */
export const orderedSets = (maxLength: number) => fc.shuffledSubarray([...alphabet], { maxLength });
