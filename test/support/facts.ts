import fc from 'fast-check';
import { type Fact, type FactKind, factKinds } from '../../services/payment/domain/fact-kinds';

/**
 * Facts as one payment of 1999 can have them: two charges, three refunds, fees, a cancellation. Each thing has one amount,
 * as at the providers; statuses come in any combination.
 */
const things: readonly (Omit<Fact, 'status'> & { readonly money: boolean })[] = [
  { kind: 'capture', objectId: 'ch_failed', amountMinor: 0n, currency: 'USD', parentId: null, money: false },
  { kind: 'capture', objectId: 'ch_1', amountMinor: 1999n, currency: 'USD', parentId: null, money: true },
  {
    kind: 'authorization',
    objectId: 'ch_1',
    amountMinor: 1999n,
    currency: 'USD',
    parentId: null,
    money: true,
  },
  { kind: 'refund', objectId: 're_1', amountMinor: 500n, currency: 'USD', parentId: 'ch_1', money: true },
  { kind: 'refund', objectId: 're_2', amountMinor: 1400n, currency: 'USD', parentId: 'ch_1', money: true },
  { kind: 'refund', objectId: 're_3', amountMinor: 99n, currency: 'USD', parentId: 'ch_1', money: true },
  { kind: 'fee', objectId: 'txn_1', amountMinor: 88n, currency: 'USD', parentId: 'ch_1', money: true },
  { kind: 'cancellation', objectId: 'pi_1', amountMinor: 0n, currency: 'USD', parentId: null, money: false },
  { kind: 'expiry', objectId: 'pi_1', amountMinor: 0n, currency: 'USD', parentId: null, money: false },
];

const statusesOf = (kind: FactKind, objectId: string): readonly string[] =>
  objectId === 'ch_failed' ? ['pending', 'failed'] : Object.keys(factKinds[kind]);

/** Everything that can be in the set. */
export const alphabet: readonly Fact[] = things.flatMap(({ money, ...thing }) =>
  statusesOf(thing.kind, thing.objectId).map((status) => ({
    ...thing,
    status,
    amountMinor: thing.kind === 'capture' && status !== 'succeeded' ? 0n : thing.amountMinor,
  })),
);

/** A history: facts of the alphabet, repeated and in any order. */
export const histories = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 });

/** A set of facts and one order of it. */
export const orderedSets = (maxLength: number) => fc.shuffledSubarray([...alphabet], { maxLength });
