import { readCallKey, readCustomId, toCustomId } from '../../services/payment/domain/call-key';
import type { MadeCall, Observation } from '../../services/payment/domain/observation';
import { observeOrder } from '../../services/payment/providers/paypal-facts';
import { paypalOrder } from '../../services/payment/providers/paypal-objects';
import { foldReports, type Report } from '../../services/payment/use-cases/fold-reports';
import { stripeReport } from '../support/reports';
import { stripeStory } from '../support/stripe-objects';

const uuid = '1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b';
const key = `refund:${uuid}`;

describe('a call’s key, as it comes back from a provider', () => {
  it.each([key, `${key}:12`, `create:${uuid}`, `capture:${uuid}:0`])('is %s', (text) => {
    expect(readCallKey(text)).toBe(text);
    expect(toCustomId(text)).toMatch(/^[A-Za-z0-9-_.,]{1,127}$/);
    expect(readCustomId(toCustomId(text))).toBe(text);
  });

  it.each([
    undefined,
    null,
    '',
    uuid,
    'refund:1',
    `refund:${uuid}:`,
    `steal:${uuid}`,
    `${key}:1234567`,
    `${key}\n`,
  ])('is not %j', (text) => {
    expect(readCallKey(text)).toBeNull();
    expect(readCustomId(text)).toBeNull();
  });
});

const story = stripeStory({ paymentId: uuid });
const made = (object: object) => ({ ...object, metadata: { payment_id: uuid, call_key: key } });
const callsOf = ({ reading }: Report): readonly MadeCall[] =>
  reading.kind === 'observation' ? (reading.observation.calls ?? []) : [];

describe('what shows that a call was made', () => {
  it.each([
    ['an intent', story.event('e1', 'payment_intent.created', made(story.intent('processing'))), 'pi_1'],
    ['a refund', story.event('e2', 'refund.created', made(story.refund('re_1', 5, 'pending'))), 're_1'],
    [
      'a charge with its refunds',
      story.event('e3', 'charge.refunded', {
        ...story.charge('succeeded'),
        refunds: { data: [made(story.refund('re_1', 5, 'succeeded'))] },
      }),
      're_1',
    ],
  ])('is the metadata of %s', (_, event, resultRef) => {
    expect(callsOf(stripeReport(event))).toEqual([{ key, resultRef }]);
  });

  it('is not the metadata of a charge, which Stripe copies from its intent', () => {
    const report = stripeReport(story.event('e4', 'charge.succeeded', made(story.charge('succeeded'))));
    expect(callsOf(report)).toEqual([]);
  });

  it('is the custom_id of a refund in a PayPal order, and not the payment’s own', () => {
    const money = (value: string) => ({ currency_code: 'USD', value });
    const refund = (id: string, customId: string) => ({
      id,
      status: 'COMPLETED',
      amount: money('1.00'),
      custom_id: customId,
    });
    const order = paypalOrder.parse({
      id: 'ORDER-1',
      status: 'COMPLETED',
      purchase_units: [
        {
          custom_id: uuid,
          amount: money('19.99'),
          payments: {
            captures: [{ id: 'C-1', status: 'PARTIALLY_REFUNDED', amount: money('19.99') }],
            refunds: [refund('R-1', toCustomId(key)), refund('R-2', uuid)],
          },
        },
      ],
    });
    expect(observeOrder(order, '2026-01-01T00:00:00.000Z').calls).toEqual([{ key, resultRef: 'R-1' }]);
  });
});

describe('a report settles the calls that it shows', () => {
  const payment = {
    id: uuid,
    userId: null,
    provider: 'stripe',
    providerRef: 'pi_1',
    priceId: 'pro',
    description: '',
    amountMinor: 1999n,
    currency: 'USD',
    facts: [
      {
        kind: 'capture',
        objectId: 'ch_1',
        status: 'succeeded',
        amountMinor: 1999n,
        currency: 'USD',
        parentId: null,
      },
    ],
    open: null,
    reviewReason: null,
    reviews: [],
    version: 1n,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  } as const;
  const event = stripeReport(
    story.event('evt_1', 'refund.created', made(story.refund('re_1', 500, 'pending'))),
  );
  const settledBy = (report: Report) => foldReports([report], [payment], []).calls;
  const changed = (change: Partial<Observation>): Report => {
    if (event.reading.kind !== 'observation') throw new Error('not read');
    return {
      ...event,
      reading: { kind: 'observation', observation: { ...event.reading.observation, ...change } },
    };
  };

  it('for that payment alone', () => {
    expect(settledBy(event)).toEqual([{ key, resultRef: 're_1', paymentId: uuid }]);
  });

  it('never without the fact: until then what the refund reserved must count', () => {
    expect(settledBy(changed({ facts: [] }))).toEqual([]);
  });

  it('nor while it is under review', () => {
    expect(settledBy(changed({ asked: { amountMinor: 1n, currency: 'USD' } }))).toEqual([]);
  });

  it('once, when it is the answer to that very call', () => {
    const call = { key, resultRef: 're_1' };
    expect(settledBy({ ...event, call })).toEqual([{ ...call, paymentId: uuid }]);
  });
});
