import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rankOf } from '../../services/payment/domain/fact-kinds';
import { lookedAt, sightedAt } from '../../services/payment/domain/open-status';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';

const fixture = (name: string) =>
  JSON.parse(readFileSync(join(__dirname, `../fixtures/stripe/${name}.json`), 'utf8'));

const eventOf = (object: object, type = 'charge.dispute.updated') =>
  readStripeEvent(JSON.stringify({ type, created: 1_795_080_600, data: { object } }));

const dispute = (more: object = {}) => ({ ...fixture('charge_dispute_created').data.object, ...more });
const movement = (more: object = {}) => ({ ...dispute().balance_transactions[0], ...more });

/** The facts of a reading, short: `withdrawal txn_1 withdrawn 1999`. */
const factsIn = (reading: ReturnType<typeof readStripeEvent>): string[] =>
  reading.kind === 'observation'
    ? reading.observation.facts.map((f) => `${f.kind} ${f.objectId} ${f.status} ${f.amountMinor}`)
    : [];

const DISPUTE = 'du_3TqDrzoxLkdIwHu7ixvt6fs0RG';
const TAKEN = 'txn_3Tq2jwKKLkdIwHu7ixHQhQJE66';
const GIVEN = 'txn_3TqgMP0ILkdIwHu7ixeRCKByzb';
const taken = [`withdrawal ${TAKEN} withdrawn 1999`, `fee ${TAKEN} charged 1500`];
const given = [`reinstatement ${GIVEN} reinstated 1999`, `fee_return ${GIVEN} returned 1500`];

describe('a dispute of Stripe', () => {
  it.each([
    ['charge_dispute_created', ['needs_response'], taken],
    ['charge_dispute_updated', ['under_review'], taken],
    ['charge_dispute_funds_withdrawn', ['needs_response'], taken],
    ['charge_dispute_funds_reinstated', ['won'], [...taken, ...given]],
    ['charge_dispute_closed_won', ['won'], [...taken, ...given]],
  ])('%s', (name, [status], money) => {
    const event = fixture(name);
    const reading = readStripeEvent(JSON.stringify(event));
    expect(factsIn(reading)).toEqual([`dispute ${event.data.object.id} ${status} 0`, ...money]);
    expect(reading).toMatchObject({
      observation: {
        provider: 'stripe',
        providerRef: event.data.object.payment_intent,
        paymentId: null,
        asked: null,
        open: null,
      },
    });
    const facts = reading.kind === 'observation' ? reading.observation.facts : [];
    expect(new Set(facts.map((fact) => `${fact.parentId} ${fact.currency}`))).toEqual(
      new Set([`${event.data.object.charge} USD`]),
    );
  });

  it('that is lost gives nothing back', () => {
    expect(factsIn(eventOf(dispute({ status: 'lost' })))).toEqual([`dispute ${DISPUTE} lost 0`, ...taken]);
    expect(factsIn(readStripeEvent(JSON.stringify(fixture('charge_dispute_closed_lost'))))).toHaveLength(3);
  });

  it.each(['charge_dispute_created_inquiry', 'charge_dispute_closed_warning'])(
    '%s moves no money',
    (name) => {
      const { id, status } = fixture(name).data.object;
      expect(factsIn(readStripeEvent(JSON.stringify(fixture(name))))).toEqual([`dispute ${id} ${status} 0`]);
    },
  );

  it.each([
    ['warning_needs_response', 'warning_needs_response'],
    ['warning_under_review', 'warning_under_review'],
    ['warning_closed', 'warning_closed'],
    ['needs_response', 'needs_response'],
    ['under_review', 'under_review'],
    ['appeal_needs_response', 'needs_response'],
    ['appeal_under_review', 'under_review'],
    ['prevented', 'prevented'],
    ['won', 'won'],
    ['lost', 'lost'],
  ])('in %s is %s, whatever the event is called', (status, expected) => {
    for (const type of ['charge.dispute.funds_reinstated', 'charge.dispute.closed', 'something.new']) {
      const reading = eventOf(dispute({ status, balance_transactions: [] }), type);
      expect(factsIn(reading)).toEqual([`dispute ${DISPUTE} ${expected} 0`]);
    }
    expect(() => rankOf({ kind: 'dispute', status: expected })).not.toThrow();
  });

  it('stands as of the event that carries it', () => {
    const reading = eventOf(dispute());
    const facts = reading.kind === 'observation' ? reading.observation.facts : [];
    expect(facts.map(({ kind, asOf }) => [kind, asOf])).toEqual([
      ['dispute', '2026-11-19T09:30:00.500Z'],
      ['withdrawal', undefined],
      ['fee', undefined],
    ]);
  });

  it('in a status that Stripe does not document is an error, not nothing', () => {
    expect(() => eventOf(dispute({ status: 'escalated' }))).toThrow(
      expect.objectContaining({ code: 'webhook_body_invalid' }),
    );
  });

  it('of a part takes that part', () => {
    const part = dispute({ amount: 700, balance_transactions: [movement({ amount: -700, net: -2200 })] });
    expect(factsIn(eventOf(part))).toContain(`withdrawal ${TAKEN} withdrawn 700`);
  });

  it('booked in another currency moves the disputed amount, and its fee is not counted', () => {
    const settled = movement({ amount: -1820, fee: 1400, currency: 'eur', exchange_rate: 0.91 });
    expect(factsIn(eventOf(dispute({ balance_transactions: [settled] })))).toEqual([
      `dispute ${DISPUTE} needs_response 0`,
      `withdrawal ${TAKEN} withdrawn 1999`,
    ]);
  });

  it('may cost a fee alone', () => {
    const fee = movement({ amount: 0, net: -1500 });
    expect(factsIn(eventOf(dispute({ balance_transactions: [fee] })))).toEqual([
      `dispute ${DISPUTE} needs_response 0`,
      `fee ${TAKEN} charged 1500`,
    ]);
  });

  it('takes Stripe’s scale for ours', () => {
    const huf = { amount: 100_000, currency: 'huf', fee: 0 };
    const yen = { amount: 1999, currency: 'jpy', fee: 0 };
    for (const [money, expected] of [
      [huf, 100_000],
      [yen, 1999],
    ] as const) {
      const one = dispute({
        amount: money.amount,
        currency: money.currency,
        balance_transactions: [movement({ ...money, amount: -money.amount })],
      });
      expect(factsIn(eventOf(one))).toContain(`withdrawal ${TAKEN} withdrawn ${expected}`);
    }
  });

  it('of a charge without an intent is none of ours', () => {
    expect(eventOf(dispute({ payment_intent: null }))).toEqual({
      kind: 'ignored',
      reason: 'belongs to no payment intent',
    });
  });

  it('may carry its intent and charge whole', () => {
    const { payment_intent, charge } = dispute();
    const whole = dispute({
      payment_intent: { id: payment_intent },
      charge: { id: charge, object: 'charge' },
    });
    expect(eventOf(whole)).toEqual(eventOf(dispute()));
  });
});

describe('a payout of Stripe', () => {
  it.each([
    ['payout_created', 'pending'],
    ['payout_updated', 'in_transit'],
    ['payout_paid', 'paid'],
    ['payout_canceled', 'canceled'],
    ['payout_failed', 'failed'],
    ['payout_reconciliation_completed', 'paid'],
  ])('%s is %s', (name, status) => {
    const event = fixture(name);
    expect(event.data.object.status).toBe(status);
    expect(readStripeEvent(JSON.stringify(event))).toEqual({
      kind: 'payout',
      payout: {
        provider: 'stripe',
        objectId: event.data.object.id,
        status,
        amountMinor: BigInt(event.data.object.amount),
        currency: 'USD',
      },
    });
  });

  it('that takes money from our bank is not kept', () => {
    const owed = { ...fixture('payout_paid').data.object, amount: -500 };
    expect(eventOf(owed, 'payout.paid')).toMatchObject({ kind: 'ignored' });
  });
});

test('looks within a second keep their order, and its events come after them', () => {
  const at = Date.parse('2026-11-23T06:00:00Z');
  const looks = [0, 4, 500, 998].map((ms) => lookedAt(at + ms));
  expect(looks).toEqual([...new Set(looks)].sort());
  expect([...looks, sightedAt(at, 'event')].sort().at(-1)).toBe(sightedAt(at, 'event'));
  expect(lookedAt(at + 1_000) > sightedAt(at, 'event')).toBe(true);
});
