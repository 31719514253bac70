import { compareBooks } from './compare-books';
import type { Movement } from './expected-bookings';

const movement = (change: Partial<Movement>): Movement => ({
  provider: 'stripe',
  id: 'ch_1',
  kind: 'charge',
  amount: 1999,
  fee: 0,
  currency: 'usd',
  objects: {},
  paymentId: 'p1',
  atMs: 0,
  ...change,
});
const totals = { id: 'p1', provider: 'stripe', captured: '1999', refunded: '0', reversed: '0', fee: '0' };
const booked = { booked_captured: '1999', booked_refunded: '0', booked_reversed: '0', booked_fee: '0' };
const booking = {
  key: 'stripe:capture:ch_1:succeeded',
  payment_id: 'p1',
  kind: 'capture',
};

/** Books of one captured payment, with one thing different. */
const compare = (movements: Movement[], change: { balance?: string; isEmpty?: boolean } = {}) => {
  const bookings = change.isEmpty ? [] : [{ ...booking, amount: '1999', balance: change.balance ?? '0' }];
  const answers: object[][] = [bookings, [{ ...totals, ...booked }], [{ n: '1' }]];
  const db = {
    query: async <Row extends object>() => (answers.shift() ?? []) as Row[],
    close: async () => undefined,
  };
  return compareBooks(db, movements, new Map());
};

describe('comparing books', () => {
  it('finds nothing where they agree', async () => {
    expect(await compare([movement({})])).toMatchObject({ lost: [], doubled: [], imbalanced: [] });
  });

  it('finds what is lost, doubled and uneven', async () => {
    expect((await compare([movement({})], { isEmpty: true })).lost).toHaveLength(1);
    expect((await compare([movement({ amount: 5 })])).lost).toHaveLength(1);
    expect((await compare([movement({ fee: 3 })])).lost).toHaveLength(1);
    expect((await compare([])).doubled).toHaveLength(1);
    expect((await compare([movement({}), movement({ id: 'ch_2' })])).doubled).toHaveLength(1);
    expect(
      (await compare([movement({}), movement({ id: 're_1', kind: 'refund', amount: -1 })])).doubled,
    ).toHaveLength(1);
    expect((await compare([movement({})], { balance: '1' })).imbalanced).toHaveLength(1);
    const taken = movement({ kind: 'dispute', amount: -5, objects: { balance_transaction: 'txn_1' } });
    const dispute = await compare([movement({}), taken]);
    expect([dispute.lost, dispute.imbalanced].map(({ length }) => length)).toEqual([1, 1]);
    const payout = movement({ id: 'po_1', kind: 'payout', amount: -5, paymentId: null });
    expect((await compare([movement({}), payout])).lost).toEqual([
      expect.stringContaining('stripe:payout:po_1:made'),
    ]);
  });
});
