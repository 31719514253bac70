import { AppError } from '#shared/errors/app-error';
import type { CallPayPal } from '../../services/payment/providers/call-paypal';
import type { PayPalSdk } from '../../services/payment/providers/paypal-client';
import {
  capturesOfDispute,
  disputeOf,
  disputesOfOrder,
} from '../../services/payment/providers/paypal-dispute-lookups';
import { observeSightings, readRecord } from '../../services/payment/providers/read-sightings';

const usd = { currency_code: 'USD', value: '19.99' };
const order = (status: string) => ({
  id: 'O1',
  status: 'COMPLETED',
  purchase_units: [{ payments: { captures: [{ id: 'C1', status, amount: usd }] } }],
});
const dispute = { dispute_id: 'PP-1', status: 'OPEN', messages: [{ content: 'canary' }] };

/** PayPal by path and query. */
const answering = (answers: Readonly<Record<string, unknown>>): { call: CallPayPal; asked: string[] } => {
  const asked: string[] = [];
  const sdk = {
    get: async (path: string, query: Readonly<Record<string, string | number>>) => {
      const question = `${path} ${new URLSearchParams(query as Record<string, string>)}`;
      asked.push(question);
      if (!(question in answers)) throw new AppError('provider_unavailable');
      return { body: answers[question] };
    },
  } as unknown as PayPalSdk;
  return { asked, call: async (make) => (await make(sdk)).body };
};

const LIST = '/v1/customer/disputes disputed_transaction_id=C1&page_size=10';

describe('disputes of an order', () => {
  it('are asked for where a capture looks disputed, and come without what people wrote', async () => {
    const { call, asked } = answering({
      [LIST]: { items: [{ dispute_id: 'PP-1' }] },
      '/v1/customer/disputes/PP-1 ': dispute,
    });
    expect(await disputesOfOrder(call, order('REFUNDED'))).toEqual([
      {
        about: { order: 'O1', capture: 'C1', currency: 'USD' },
        object: { dispute_id: 'PP-1', status: 'OPEN' },
      },
    ]);
    expect(asked).toHaveLength(2);
  });

  it('are not asked for otherwise', async () => {
    const { call, asked } = answering({});
    expect(await disputesOfOrder(call, order('COMPLETED'))).toEqual([]);
    expect(await disputesOfOrder(call, { id: 'O1' })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('that may not be read, or not be understood, do not keep the order from counting', async () => {
    expect(await disputesOfOrder(answering({}).call, order('REFUNDED'))).toEqual([]);
    const odd = answering({
      [LIST]: { items: [{ dispute_id: 'PP-1' }] },
      '/v1/customer/disputes/PP-1 ': { dispute_id: 'PP-1' },
    });
    expect(await disputesOfOrder(odd.call, order('REFUNDED'))).toEqual([]);
    expect(await disputesOfOrder(answering({ [LIST]: {} }).call, order('REFUNDED'))).toEqual([]);
  });
});

it('the record of an order and its dispute reads as both did, and holds nothing that people wrote', () => {
  const seen = { seenAt: '2026-11-22T12:00:00.000Z', how: 'asked' as const };
  const about = { order: 'O1', capture: 'C1', currency: 'USD' };
  const { observation, raw } = observeSightings(
    { ...seen, as: 'paypal.order', object: order('COMPLETED') },
    { ...seen, as: 'paypal.dispute', object: dispute, about },
  );
  expect(observation.facts.map(({ kind, objectId }) => `${kind} ${objectId}`)).toEqual([
    'capture C1',
    'dispute PP-1',
  ]);
  expect(readRecord(raw)).toEqual(observation);
  expect(raw).not.toContain('canary');
});

describe('a dispute', () => {
  it('belongs to the order that has its capture, and to no other', () => {
    expect(disputeOf(order('COMPLETED'), 'C1', dispute)?.about).toEqual({
      order: 'O1',
      capture: 'C1',
      currency: 'USD',
    });
    expect(disputeOf(order('COMPLETED'), 'C2', dispute)).toBeNull();
    expect(disputeOf({ id: 'O1' }, 'C1', dispute)).toBeNull();
  });

  it('names captures, of which the first few are looked for', () => {
    const many = Array.from({ length: 9 }, (_, n) => ({ seller_transaction_id: `C${n}` }));
    const named = { ...dispute, disputed_transactions: [{}, ...many] };
    expect(capturesOfDispute(named)).toEqual(['C0', 'C1', 'C2', 'C3', 'C4']);
    expect(capturesOfDispute(dispute)).toEqual([]);
  });

  it('that is none is a fault of PayPal, to be tried again', () => {
    for (const odd of [null, [], { dispute_id: 'x y', status: 'OPEN' }, { dispute_id: 'PP-1' }])
      expect(() => capturesOfDispute(odd)).toThrow(expect.objectContaining({ code: 'provider_unavailable' }));
  });
});
