import fc from 'fast-check';
import { derivePayment } from '../../services/payment/domain/derive-payment';
import { disputesByAttention, openDisputeStatuses } from '../../services/payment/domain/dispute-status';
import { type Fact, type FactKind, factKinds } from '../../services/payment/domain/fact-kinds';
import { joinPayout } from '../../services/payment/domain/join-payouts';
import { ledgerOfPayouts } from '../../services/payment/domain/ledger';
import { type Payout, payoutStatuses } from '../../services/payment/domain/payout';
import { amountToRefund, refundable } from '../../services/payment/domain/refundable';

const fact = (kind: FactKind, objectId: string, status: string, amountMinor = 0n): Fact => ({
  kind,
  objectId,
  status,
  amountMinor,
  currency: 'USD',
  parentId: kind === 'capture' ? null : 'ch_1',
});

const capture = fact('capture', 'ch_1', 'succeeded', 2000n);
const withdrawn = fact('withdrawal', 'txn_1', 'withdrawn', 2000n);
const reinstated = fact('reinstatement', 'txn_2', 'reinstated', 2000n);
const disputed = (status: string, id = 'du_1'): Fact => fact('dispute', id, status);

const stateOf = (...facts: readonly Fact[]) => {
  const { status, reversedMinor, feeMinor, disputeStatus } = derivePayment(facts, null);
  return [status, reversedMinor, feeMinor, disputeStatus];
};

describe('a dispute', () => {
  it('names every status once, by attention, the open ones first', () => {
    expect([...disputesByAttention].sort()).toEqual(Object.keys(factKinds.dispute).sort());
    const open = disputesByAttention.slice(0, openDisputeStatuses.size);
    expect(open.every((status) => openDisputeStatuses.has(status))).toBe(true);
  });

  it.each([
    ['opens', [disputed('needs_response'), withdrawn], ['succeeded', 2000n, 0n, 'needs_response']],
    ['is reviewed', [disputed('under_review'), withdrawn], ['succeeded', 2000n, 0n, 'under_review']],
    ['is lost', [disputed('lost'), withdrawn], ['reversed', 2000n, 0n, 'lost']],
    ['is won', [disputed('won'), withdrawn, reinstated], ['succeeded', 0n, 0n, 'won']],
    ['is won, before the money is back', [disputed('won'), withdrawn], ['reversed', 2000n, 0n, 'won']],
    ['was only an inquiry', [disputed('warning_closed')], ['succeeded', 0n, 0n, 'warning_closed']],
    ['is prevented', [disputed('prevented')], ['succeeded', 0n, 0n, 'prevented']],
    ['is not known, but the money is gone', [withdrawn], ['reversed', 2000n, 0n, null]],
    ['gave back what nobody saw taken', [reinstated], ['succeeded', -2000n, 0n, null]],
  ])('that %s', (_, facts, expected) => {
    expect(stateOf(capture, ...facts)).toEqual(expected);
  });

  it('over a part reverses with the refunds that make up the rest, and not before', () => {
    const part = fact('withdrawal', 'txn_1', 'withdrawn', 500n);
    const refund = (amountMinor: bigint): Fact => fact('refund', 're_1', 'succeeded', amountMinor);
    expect(stateOf(capture, disputed('lost'), part)[0]).toBe('succeeded');
    expect(stateOf(capture, disputed('lost'), part, refund(1499n))[0]).toBe('partially_refunded');
    expect(stateOf(capture, disputed('lost'), part, refund(1500n))[0]).toBe('reversed');
  });

  it('shows the one of several that needs attention most, each as far as it has come', () => {
    const older = [disputed('needs_response'), disputed('under_review'), disputed('lost')];
    expect(stateOf(capture, ...older)[3]).toBe('lost');
    expect(stateOf(capture, ...older, disputed('warning_under_review', 'du_2'))[3]).toBe(
      'warning_under_review',
    );
    expect(stateOf(capture, ...older, disputed('needs_response', 'du_2'))[3]).toBe('needs_response');
  });

  it('counts its fee, and takes it back where it is returned', () => {
    const fees = [fact('fee', 'txn_0', 'charged', 88n), fact('fee', 'txn_1', 'charged', 1500n)];
    const returned = fact('fee_return', 'txn_2', 'returned', 1500n);
    expect(stateOf(capture, ...fees)[2]).toBe(1588n);
    expect(stateOf(capture, ...fees, returned)[2]).toBe(88n);
    expect(stateOf(capture, returned)[2]).toBe(-1500n);
  });

  it('moves nothing while its capture is not known', () => {
    expect(stateOf(withdrawn, disputed('lost'))).toEqual(['created', 0n, 0n, 'lost']);
  });
});

describe('what is left to refund', () => {
  const left = (...facts: readonly Fact[]): bigint => refundable([capture, ...facts], 0n).leftMinor;

  it.each(['needs_response', 'under_review'])('is nothing while a dispute is %s', (status) => {
    expect(() => left(disputed(status))).toThrow(expect.objectContaining({ code: 'payment_not_refundable' }));
  });

  it.each(['warning_needs_response', 'warning_under_review'])(
    'is all of it in an inquiry that is %s',
    (status) => {
      expect(left(disputed(status))).toBe(2000n);
    },
  );

  it('is less what was withdrawn and not reinstated', () => {
    const part = fact('withdrawal', 'txn_1', 'withdrawn', 500n);
    expect(left(part, disputed('lost'))).toBe(1500n);
    expect(left(part, fact('reinstatement', 'txn_2', 'reinstated', 500n), disputed('won'))).toBe(2000n);
    expect(left(reinstated)).toBe(2000n);
    const none = refundable([capture, withdrawn, disputed('lost')], 0n);
    expect(() => amountToRefund(none, null)).toThrow(
      expect.objectContaining({ code: 'payment_not_refundable' }),
    );
  });
});

describe('payouts', () => {
  const payout = (status: Payout['status'], more: Partial<Payout> = {}): Payout => ({
    provider: 'stripe',
    objectId: 'po_1',
    status,
    amountMinor: 5n,
    currency: 'USD',
    ...more,
  });
  const statuses = Object.keys(payoutStatuses) as Payout['status'][];
  const kindsOf = (...seen: readonly Payout['status'][]) =>
    ledgerOfPayouts(seen.map((status) => payout(status))).map(({ kind }) => kind);

  it.each([
    [['pending'], ['payout']],
    [['paid', 'pending'], ['payout']],
    [['failed'], []],
    [['canceled', 'failed'], []],
    [
      ['failed', 'paid'],
      ['payout', 'payout_return'],
    ],
    [
      ['pending', 'canceled', 'failed'],
      ['payout', 'payout_return'],
    ],
  ] as const)('seen %j are booked %j', (seen, booked) => {
    expect(kindsOf(...seen)).toEqual(booked);
  });

  it('give one set of bookings in any order, which grows with the set', () => {
    const books = (seen: readonly Payout[]) => ledgerOfPayouts(seen).map(({ key }) => key);
    const sets = fc.subarray(
      statuses.flatMap((status) => [payout(status), payout(status, { objectId: 'po_2' })]),
    );
    fc.assert(
      fc.property(sets, fc.nat(), (set, seed) => {
        const shuffled = [...set].sort(
          (a, b) => ((a.status.length * seed) % 7) - ((b.status.length * seed) % 7),
        );
        expect(books(shuffled).sort()).toEqual(books(set).sort());
        expect(books(set)).toEqual(expect.arrayContaining(books(set.slice(1))));
      }),
    );
  });

  it('are joined once by status, and refuse another worth', () => {
    expect(joinPayout([payout('paid')], payout('paid'))).toEqual([]);
    expect(joinPayout([payout('paid')], payout('failed'))).toEqual([payout('failed')]);
    expect(joinPayout([payout('paid')], payout('failed', { amountMinor: 6n }))).toBeNull();
    expect(joinPayout([payout('paid')], payout('failed', { currency: 'EUR' }))).toBeNull();
    expect(joinPayout([payout('paid')], payout('paid', { objectId: 'po_2', amountMinor: 6n }))).toHaveLength(
      1,
    );
  });
});
