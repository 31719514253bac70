import fc from 'fast-check';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { factKey } from '../../services/payment/domain/fact-kinds';
import {
  consequences,
  foldObservation,
  type PaymentState,
} from '../../services/payment/domain/fold-observation';
import { latestFacts, newFacts } from '../../services/payment/domain/join-facts';
import { ledgerOf } from '../../services/payment/domain/ledger';
import type { OpenObservation } from '../../services/payment/domain/open-status';
import { newest } from '../../services/payment/domain/open-status';
import { alphabet, histories, orderedSets } from '../support/facts';

const join = (a: readonly Fact[], b: readonly Fact[]): readonly Fact[] => [...a, ...newFacts(a, b)];
const asSet = (facts: readonly Fact[]): readonly string[] => facts.map(factKey).sort();

const empty: PaymentState = {
  id: '00000000-0000-4000-8000-000000000001',
  provider: 'stripe',
  providerRef: 'pi_1',
  amountMinor: 1999n,
  currency: 'USD',
  facts: [],
  open: null,
  reviewReason: null,
};

const observe = (facts: readonly Fact[]) =>
  ({ provider: 'stripe', providerRef: 'pi_1', paymentId: null, asked: null, facts, open: null }) as const;

/** Folds one report after the other and gives everything that is stored because of them. */
const fold = (reports: readonly (readonly Fact[])[]) => {
  let state = empty;
  for (const [index, facts] of reports.entries()) {
    const result = foldObservation(state, observe(facts), `evt_${index}`);
    if (result.kind === 'review') throw new Error(`review: ${result.reason}`);
    state = result.state;
  }
  const { derived, ledger } = consequences(state);
  return {
    derived,
    facts: asSet(state.facts),
    ledger: [...ledger].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
};

describe('joining facts', () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(histories, histories, histories, (a, b, c) => {
        const [x, y, z] = [join([], a), join([], b), join([], c)];
        expect(asSet(join(x, y))).toEqual(asSet(join(y, x)));
        expect(asSet(join(join(x, y), z))).toEqual(asSet(join(x, join(y, z))));
        expect(asSet(join(x, x))).toEqual(asSet(x));
      }),
    );
  });

  it('gives one state, one ledger and one set whatever the order, the grouping and the repetitions', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (history, random) => {
        const numbers = random[Symbol.iterator]();
        const next = () => numbers.next().value ?? 0;
        const shuffled = [...history, ...history].sort(() => (next() % 2 === 0 ? 1 : -1));
        const oneByOne = fold(shuffled.map((fact) => [fact]));
        const atOnce = fold([history]);
        expect(oneByOne).toEqual(atOnce);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never takes a booking back: a larger set has all bookings of a smaller one', () => {
    fc.assert(
      fc.property(histories, histories, (a, b) => {
        const small = ledgerOf('stripe', join([], a));
        const large = new Map(ledgerOf('stripe', join(join([], a), b)).map((booked) => [booked.key, booked]));
        for (const booked of small) expect(large.get(booked.key)).toEqual(booked);
      }),
      { numRuns: 2_000 },
    );
  });

  it('books balanced transactions whose sum is what the totals say', () => {
    fc.assert(
      fc.property(orderedSets(10), (facts) => {
        const { derived, ledger } = fold([facts]);
        for (const { entries } of ledger) {
          expect(entries.reduce((total, entry) => total + entry.amountMinor, 0n)).toBe(0n);
        }
        const balanceOf = (account: string): bigint =>
          ledger
            .flatMap((booked) => booked.entries)
            .filter((entry) => entry.account === account)
            .reduce((total, entry) => total + entry.amountMinor, 0n);
        expect(-balanceOf('sales')).toBe(derived.capturedMinor - derived.refundedMinor);
        expect(balanceOf('disputes')).toBe(derived.reversedMinor);
        expect(balanceOf('provider_fees')).toBe(derived.feeMinor);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives one state for all permutations of a whole life: failed try, capture, refund, its return by the bank', () => {
    const life = alphabet.filter((fact) =>
      [
        'capture:ch_failed:failed',
        'capture:ch_1:pending',
        'capture:ch_1:succeeded',
        'refund:re_1:pending',
        'refund:re_1:succeeded',
        'refund:re_1:failed',
      ].includes(factKey(fact)),
    );
    const expected = fold([life]);
    let permutations = 0;
    for (const order of permute(life)) {
      permutations += 1;
      expect(fold(order.map((fact) => [fact]))).toEqual(expected);
    }
    expect(permutations).toBe(720);
    expect(expected.derived).toEqual({
      status: 'succeeded',
      capturedMinor: 1999n,
      refundedMinor: 0n,
      reversedMinor: 0n,
      feeMinor: 0n,
      disputeStatus: null,
    });
    expect(expected.ledger.map((booked) => booked.kind)).toEqual(['capture', 'refund_reversal', 'refund']);
  });

  it('keeps each thing once, as far as it has come', () => {
    const facts = alphabet.filter((fact) => fact.objectId === 'ch_1' && fact.kind === 'capture');
    expect(latestFacts(facts).map((fact) => fact.status)).toEqual(['succeeded']);
  });
});

describe('folding what cannot be', () => {
  const capture = alphabet.find((fact) => factKey(fact) === 'capture:ch_1:succeeded') as Fact;

  it.each([
    ['another amount for the same capture', [capture], { ...capture, amountMinor: 1n }, 'contradicting_fact'],
    [
      'a second capture beyond what was asked',
      [capture],
      { ...capture, objectId: 'ch_2' },
      'captured_more_than_asked',
    ],
    ['another currency', [], { ...capture, currency: 'EUR' }, 'other_currency'],
  ])('asks for review on %s, without effect', (_, known, reported, reason) => {
    expect(foldObservation({ ...empty, facts: known }, observe([reported]), 'evt')).toEqual({
      kind: 'review',
      reason,
    });
  });

  it.each([
    ['another payment of ours', { paymentId: '00000000-0000-4000-8000-000000000002' }, 'other_payment_id'],
    ['another intent', { providerRef: 'pi_2' }, 'other_provider_ref'],
    ['another amount', { asked: { amountMinor: 1n, currency: 'USD' } }, 'other_amount'],
    ['another currency', { asked: { amountMinor: 1999n, currency: 'EUR' } }, 'other_currency'],
  ])('asks for review on an intent of %s', (_, part, reason) => {
    expect(foldObservation(empty, { ...observe([]), ...part }, 'evt')).toEqual({ kind: 'review', reason });
  });
});

describe('open statuses', () => {
  const sightings = fc.record({
    status: fc.constantFrom('requires_payment_method', 'requires_action', 'processing'),
    at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'),
    eventId: fc.constantFrom('evt_a', 'evt_b'),
    errorCode: fc.constant(null),
  }) as fc.Arbitrary<OpenObservation>;

  it('shows the newest sighting, independent of the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(sightings, { minLength: 1, maxLength: 6 }), (seen) => {
        const forward = seen.reduce<OpenObservation | null>(newest, null);
        const backward = [...seen].reverse().reduce<OpenObservation | null>(newest, null);
        expect(forward).toEqual(backward);
      }),
    );
  });

  it('shows nothing open once money was taken', () => {
    const capture = alphabet.find((fact) => factKey(fact) === 'capture:ch_1:succeeded') as Fact;
    const open = {
      status: 'requires_action',
      at: '2030-01-01T00:00:00.000Z',
      eventId: 'evt',
      errorCode: null,
    } as const;
    expect(consequences({ ...empty, facts: [capture], open }).derived.status).toBe('succeeded');
  });
});

function* permute<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permute(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}
