import { compareEntry, type Entry } from '../../services/payment/domain/drift';
import { causeOf, type DriftEvidence, STATEMENT_LAG_MS } from '../../services/payment/domain/drift-cause';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { ledgerOf, ledgerOfPayouts } from '../../services/payment/domain/ledger';
import { bookingKey, type Movement } from '../../services/payment/domain/movement';

const moved = (more: Partial<Movement> = {}): Movement => ({
  provider: 'stripe',
  books: 'capture',
  objectId: 'ch_1',
  orKey: null,
  lineId: 'txn_1',
  amountMinor: 1999n,
  currency: 'USD',
  settledCurrency: 'USD',
  isPending: false,
  providerRef: 'pi_1',
  paymentId: null,
  parentId: null,
  at: '2026-01-01T12:00:00.000Z',
  ...more,
});

const entryOf = (
  theirs: Movement | null,
  ours: Partial<Movement> | null,
  factStatuses: string[] = [],
): Entry => {
  const booked = ours === null ? null : moved(ours);
  const { provider, books, objectId } = booked ?? theirs ?? moved();
  const key = bookingKey(provider, books, objectId);
  return {
    key,
    theirs,
    ours:
      booked === null
        ? null
        : { key, books, objectId, amountMinor: booked.amountMinor, currency: booked.currency },
    factStatuses,
  };
};

describe('an entry', () => {
  it('that both sides have alike is no difference', () => {
    expect(compareEntry(entryOf(moved(), {}))).toBeNull();
    expect(compareEntry(entryOf(moved({ isPending: true }), {}))).toBeNull();
  });

  it('that we lack is missing here', () => {
    expect(compareEntry(entryOf(moved(), null))).toEqual({
      key: 'stripe:capture:ch_1:succeeded',
      difference: 'missing_here',
      field: 'movement',
      books: 'capture',
      objectId: 'ch_1',
      ours: null,
      theirs: '1999 USD',
    });
  });

  it('that they do not list is missing there', () => {
    expect(compareEntry(entryOf(null, {}))).toMatchObject({
      difference: 'missing_there',
      field: 'movement',
      ours: '1999 USD',
      theirs: null,
    });
    expect(compareEntry(entryOf(null, { books: 'fee', objectId: 'txn_1' }))).toMatchObject({
      difference: 'missing_there',
      field: 'fee',
    });
  });

  it.each([
    ['amount', { amountMinor: 1998n }, '1998 USD', '1999 USD'],
    ['currency', { currency: 'EUR' }, '1999 EUR', '1999 USD'],
    ['currency', { currency: 'EUR', amountMinor: 1n }, '1 EUR', '1999 USD'],
  ] as const)('of another %s differs', (field, theirs, text, ours) => {
    const found = compareEntry(entryOf(moved(theirs), {}));
    expect(found).toMatchObject({ difference: 'differs', field, ours, theirs: text });
  });

  it('that is a fee differs in the fee, also where we have none', () => {
    const fee = { books: 'fee', objectId: 'txn_1', amountMinor: 88n } as const;
    expect(compareEntry(entryOf(moved({ ...fee, amountMinor: 90n }), fee))).toMatchObject({
      difference: 'differs',
      field: 'fee',
      ours: '88 USD',
      theirs: '90 USD',
    });
    expect(compareEntry(entryOf(moved(fee), null))).toMatchObject({
      difference: 'differs',
      field: 'fee',
      ours: null,
    });
  });

  it('of a fact that we know in another status differs in the status', () => {
    expect(
      compareEntry(entryOf(moved({ books: 'refund', objectId: 're_1' }), null, ['pending'])),
    ).toMatchObject({
      difference: 'differs',
      field: 'status',
      ours: 'pending',
      theirs: 'succeeded',
    });
  });

  it('that is pending there need not be here', () => {
    expect(compareEntry(entryOf(moved({ isPending: true }), null))).toBeNull();
  });

  it.each(['refund', 'refund_reversal'] as const)('that is a %s which came to nothing is none', (books) => {
    const theirs = moved({ books, objectId: 're_1' });
    expect(compareEntry(entryOf(theirs, null, ['pending', 'failed']))).toBeNull();
    expect(compareEntry(entryOf(theirs, null, ['canceled']))).toBeNull();
    // One that succeeded here first has to be booked, and undone.
    expect(compareEntry(entryOf(theirs, null, ['succeeded', 'failed']))).not.toBeNull();
  });
});

describe('the key of a booking', () => {
  const fact = (kind: Fact['kind'], objectId: string, status: string): Fact => ({
    kind,
    objectId,
    status,
    amountMinor: 5n,
    currency: 'USD',
    parentId: kind === 'capture' ? null : 'ch_1',
  });

  it('is the one that the ledger gives it', () => {
    const facts = [
      fact('capture', 'ch_1', 'succeeded'),
      fact('fee', 'txn_1', 'charged'),
      fact('fee_return', 'txn_2', 'returned'),
      fact('refund', 're_1', 'succeeded'),
      fact('refund', 're_1', 'failed'),
      fact('withdrawal', 'txn_3', 'withdrawn'),
      fact('reinstatement', 'txn_4', 'reinstated'),
    ];
    const keys = ledgerOf('stripe', facts).map(({ key }) => key);
    const made = (
      [
        ['capture', 'ch_1'],
        ['fee', 'txn_1'],
        ['fee_return', 'txn_2'],
        ['refund', 're_1'],
        ['refund_reversal', 're_1'],
        ['withdrawal', 'txn_3'],
        ['reinstatement', 'txn_4'],
      ] as const
    ).map(([books, objectId]) => bookingKey('stripe', books, objectId));
    expect([...made].sort()).toEqual([...keys].sort());
  });

  it('is also that of a payout', () => {
    const payout = { provider: 'stripe', objectId: 'po_1', amountMinor: 5n, currency: 'USD' } as const;
    const keys = ledgerOfPayouts([
      { ...payout, status: 'paid' },
      { ...payout, status: 'failed' },
    ]).map(({ key }) => key);
    expect(keys).toEqual([
      bookingKey('stripe', 'payout', 'po_1'),
      bookingKey('stripe', 'payout_return', 'po_1'),
    ]);
  });
});

describe('the cause of a difference', () => {
  const NOW = Date.parse('2026-01-03T04:00:00Z');
  const nothing: DriftEvidence = {
    at: NOW - 10 * 3_600_000,
    isOurs: true,
    settledCurrency: 'USD',
    currency: 'USD',
    hasHeldEvent: false,
    hasEventUnderReview: false,
    hasUnsettledCall: false,
    hasEventSince: false,
  };
  const missing = compareEntry(entryOf(moved(), null));
  const feeless = compareEntry(entryOf(moved({ books: 'fee', objectId: 'txn_1' }), null));
  if (missing === null || feeless === null) throw new Error('both differ');

  it.each([
    ['event_never_arrived', {}],
    ['unknown', { hasEventSince: true }],
    ['created_outside', { isOurs: false }],
    ['event_held', { isOurs: false, hasHeldEvent: true }],
    ['event_held', { hasHeldEvent: true }],
    ['event_under_review', { hasEventUnderReview: true, hasHeldEvent: true }],
    ['call_outcome_unknown', { hasUnsettledCall: true }],
    ['settled_in_other_currency', { settledCurrency: 'EUR' }],
    ['too_young', { at: NOW - STATEMENT_LAG_MS + 1, hasUnsettledCall: true }],
  ] as const)('is %s, given %j', (cause, evidence) => {
    expect(causeOf(missing, { ...nothing, ...evidence }, NOW)).toBe(cause);
  });

  it('of a fee that we lack is that nobody has asked since', () => {
    expect(causeOf(feeless, nothing, NOW)).toBe('fee_not_known_yet');
  });
});
