import { randomUUID } from 'node:crypto';
import { paymentContract } from '../../services/payment/contract';
import { insertPayment } from '../support/payment-rows';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { putInStatus } from '../support/put-in-status';
import { newShopper, type Shopper } from '../support/shopping';

let test: PaymentTest;
let shopper: Shopper;
/** The statements of the requests so far, but for those that establish who asks. */
let statements: string[] = [];

beforeAll(async () => {
  test = await startPaymentTest({
    wrap: (database) => ({
      ...database,
      query: (text, values) => {
        if (!text.includes('private.sessions')) statements.push(text);
        return database.query(text, values);
      },
    }),
  });
});
beforeEach(async () => {
  shopper = await newShopper(test);
  statements = [];
});
afterAll(() => test.close());

/** Payments of the shopper, some of them made in the same microsecond; newest first. */
const insertMany = async (count: number): Promise<readonly string[]> => {
  const made: { id: string; at: string }[] = [];
  for (let n = 0; n < count; n += 1) {
    const provider = n % 3 === 0 ? 'paypal' : 'stripe';
    const { id } = await insertPayment(test.admin, { userId: shopper.userId, provider, providerRef: null });
    const at = `2026-11-01T10:00:00.${String(Math.floor(n / 4)).padStart(6, '0')}Z`;
    await test.admin.query('update public.payments set created_at = $2 where id = $1', [id, at]);
    await putInStatus(test.admin, id, n % 5 === 0 ? 'canceled' : 'created');
    made.push({ id, at });
  }
  const newestFirst = made.sort((a, b) => (`${a.at} ${a.id}` < `${b.at} ${b.id}` ? 1 : -1));
  return newestFirst.map(({ id }) => id);
};

describe('the history', () => {
  it('of a newcomer is empty', async () => {
    const { status, body } = await shopper.history();
    expect([status, body]).toEqual([200, { success: true, data: [], has_more: false, next_cursor: null }]);
  });

  it.each(['1', '4', '7', '50', '100'])(
    'walks by pages of %s over every payment once, newest first',
    async (limit) => {
      const ids = await insertMany(30);
      const walked: string[] = [];
      let query: Record<string, string> = { limit };
      for (;;) {
        const { status, body } = await shopper.history('', query);
        expect(status).toBe(200);
        expect(body.data.length).toBeLessThanOrEqual(Number(limit));
        expect(body.has_more).toBe(body.next_cursor !== null);
        walked.push(...body.data.map((payment: { id: string }) => payment.id));
        if (body.next_cursor === null) break;
        query = { limit, cursor: body.next_cursor };
      }
      expect(walked).toEqual(ids);
    },
  );

  it('stays whole while new payments come in', async () => {
    const ids = await insertMany(10);
    const first = await shopper.history('', { limit: '5' });
    await shopper.create('stripe');
    const second = await shopper.history('', { limit: '5', cursor: first.body.next_cursor });
    const walked = [...first.body.data, ...second.body.data].map(({ id }) => id);
    expect(walked).toEqual(ids);
  });

  it('gives twenty where no limit is named', async () => {
    await insertMany(25);
    const { body } = await shopper.history();
    expect([body.data.length, body.has_more]).toEqual([20, true]);
  });

  it.each([
    [{ provider: 'paypal' }, 10],
    [{ provider: 'stripe' }, 20],
    [{ status: 'canceled' }, 6],
    [{ status: 'canceled', provider: 'paypal' }, 2],
    [{ status: 'refunded' }, 0],
  ])('filtered by %j has %i, by pages too', async (filter, count) => {
    await insertMany(30);
    expect((await shopper.history('', { ...filter, limit: '100' })).body.data).toHaveLength(count);
    let walked = 0;
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: Record<string, string> = { ...filter, limit: '3' };
      if (cursor !== '') query.cursor = cursor;
      const { body } = await shopper.history('', query);
      walked += body.data.length;
      cursor = body.next_cursor;
    }
    expect(walked).toBe(count);
  });

  it('is one statement', async () => {
    await insertMany(3);
    await shopper.history('', { limit: '2' });
    expect(statements).toHaveLength(1);
  });

  it('fits its contract', async () => {
    await shopper.bought('stripe');
    const { body } = await shopper.history();
    const result = await paymentContract.listHistory.success.body['~standard'].validate(body);
    expect(result.issues).toBeUndefined();
  });

  it('shows a purchase once, with or without a trailing slash', async () => {
    const { id } = await shopper.bought('paypal');
    for (const path of ['', '/']) {
      const { body } = await shopper.history(path);
      expect(body.data.map((payment: { id: string }) => payment.id)).toEqual([id]);
    }
  });

  const ID = '0864aecc-0cf4-4103-9a69-1acd1226cdec';

  it.each([
    ['no rows', 'limit', '0'],
    ['too many rows', 'limit', '101'],
    ['fewer than none', 'limit', '-1'],
    ['half a row', 'limit', '1.5'],
    ['an exponent', 'limit', '1e2'],
    ['nothing for a limit', 'limit', ''],
    ['digits of another script', 'limit', '٣'],
    ['nothing for a cursor', 'cursor', ''],
    ['a cursor of the wrong form', 'cursor', 'x'],
    ['a thirteenth month', 'cursor', `20261301T000000_000000Z-${ID}`],
    ['a thirtieth of February', 'cursor', `20260230T000000_000000Z-${ID}`],
    ['the year zero', 'cursor', `00000101T000000_000000Z-${ID}`],
    ['a cursor without an id', 'cursor', `20260101T000000_000000Z-${'x'.repeat(36)}`],
    ['SQL for a cursor', 'cursor', "' or 1=1 --"],
    ['a very long cursor', 'cursor', 'x'.repeat(5_000)],
    ['an unknown status', 'status', 'paid'],
    ['an unknown provider', 'provider', 'adyen'],
    ['another user', 'user_id', ID],
    ['a word of its own', 'offset', '5'],
  ])('refuses %s', async (_, name, value) => {
    const { status, body } = await shopper.history('', { [name]: value });
    expect([status, body.code]).toEqual([400, 'request_invalid']);
  });
});

describe('one payment', () => {
  it('shows everything the provider reported', async () => {
    const { id, ref } = await shopper.bought('stripe');
    const operator = await newShopper(test, 'admin');
    await operator.refund(id, { amount: 500 });
    const { status, body } = await shopper.history(`/${id}`);
    const intent = test.stripe.intents.get(ref);
    expect(status).toBe(200);
    expect(body.payment).toMatchObject({ id, status: 'partially_refunded', refunded_amount: 500 });
    expect([...body.facts].sort((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: 'capture', id: intent?.captureId, status: 'succeeded', amount: 1999 },
      { kind: 'refund', id: intent?.refunds[0]?.id, status: 'succeeded', amount: 500 },
    ]);
    const result = await paymentContract.getHistory.success.body['~standard'].validate(body);
    expect(result.issues).toBeUndefined();
  });

  it('is found with a trailing slash, in capitals, and by one statement', async () => {
    const { body } = await shopper.create('stripe');
    const { id } = body.payment;
    statements = [];
    for (const path of [`/${id}`, `/${id}/`, `/${id.toUpperCase()}`]) {
      expect((await shopper.history(path)).body.payment.id).toBe(id);
    }
    expect(statements).toHaveLength(3);
  });

  it('of somebody else looks like none, to the operator too', async () => {
    const { id } = await shopper.bought('stripe');
    for (const somebody of [await newShopper(test), await newShopper(test, 'admin')]) {
      const foreign = await somebody.history(`/${id}`);
      const absent = await somebody.history(`/${randomUUID()}`);
      expect([foreign.status, foreign.body.code]).toEqual([404, 'payment_not_found']);
      expect({ ...foreign.body, instance: '' }).toEqual({ ...absent.body, instance: '' });
    }
  });

  it.each(['1', 'null', 'undefined', '%27%20or%201=1', '..%2f..', 'a/b'])(
    'is not found by %s',
    async (id) => {
      const { status, body } = await shopper.history(`/${id}`);
      expect([400, 404]).toContain(status);
      expect(['request_invalid', 'route_not_found']).toContain(body.code);
    },
  );
});

describe('who may look', () => {
  it.each(['history', 'history/0864aecc-0cf4-4103-9a69-1acd1226cdec', 'prices'])(
    'not nobody: %s',
    async (path) => {
      const { status, body } = await test.send({ path: `/api/payments/${path}` });
      expect([status, body.code]).toEqual([401, 'unauthenticated']);
      expect(statements).toEqual([]);
    },
  );

  it('not with a session that has ended', async () => {
    await test.admin.query(
      `update private.sessions set ended_at = now(), ended_because = 'signed_out' where user_id = $1`,
      [shopper.userId],
    );
    const { status, body } = await shopper.history();
    expect([status, body.code]).toEqual([401, 'session_ended']);
  });
});

describe('the catalogue', () => {
  it('shows what can be bought, and is read once in half a minute', async () => {
    test.clock.shift += 60_000;
    const { status, body } = await test.send({ path: '/api/payments/prices', headers: shopper.headers });
    expect(status).toBe(200);
    expect(body.prices.map(({ id }: { id: string }) => id)).toEqual([
      'donation',
      'pro',
      'team',
      'tokyo-guide',
    ]);
    expect(body.prices[0]).toMatchObject({
      amount: null,
      min_amount: 100,
      max_amount: 100_000,
      currency: 'EUR',
    });
    statements = [];
    await test.send({ path: '/api/payments/prices', headers: shopper.headers });
    expect(statements).toEqual([]);
    test.clock.shift += 31_000;
    await test.send({ path: '/api/payments/prices/', headers: shopper.headers });
    expect(statements).toHaveLength(1);
  });
});
