import { randomUUID } from 'node:crypto';
import { paymentContract } from '../../services/payment/contract';
import { type Answer, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { type SignedInUser, signIn } from '../support/sign-in';
import { insertQuota, type QuotaOptions, recordUsage, subscribe } from '../support/usage';

let test: PaymentTest;
beforeAll(async () => {
  test = await startPaymentTest();
});
afterEach(() => {
  test.clock.shift = 0;
});
afterAll(() => test.close());

interface Customer extends SignedInUser {
  readonly meter: string;
  readonly report: (body?: object, key?: string | null) => Promise<Answer>;
  readonly usage: (query?: Record<string, string>) => Promise<Answer>;
}

const newCustomer = async (options: QuotaOptions = {}): Promise<Customer> => {
  const user = await signIn(test.admin);
  const { meter, plan } = await insertQuota(test.admin, { byUsers: true, ...options });
  await subscribe(test.admin, user.userId, plan);
  const path = '/api/payments/usage';
  return {
    ...user,
    meter,
    report: (body = {}, key = randomUUID()) =>
      test.send({
        path,
        body: { meter, ...body },
        headers: { ...user.headers, ...(key !== null && { 'Idempotency-Key': key }) },
      }),
    usage: async (query = {}) => {
      const answer = await test.send({ path, query, headers: user.headers });
      if (answer.status === 200)
        expect(paymentContract.listUsage.success.body.safeParse(answer.body).error).toBeUndefined();
      return answer;
    },
  };
};

/** Noon of a day, as the service sees the clock. */
const travelTo = (moment: string): void => {
  test.clock.shift = Date.parse(moment) - Date.now();
};

describe('reporting usage', () => {
  it('answers what is left', async () => {
    travelTo('2028-02-29T12:00:00Z');
    const customer = await newCustomer({ softLimit: 5, hardLimit: 10 });
    const { status, body } = await customer.report({ quantity: 5 });
    expect(status).toBe(201);
    expect(paymentContract.recordUsage.success.body.safeParse(body).error).toBeUndefined();
    expect(body).toEqual({
      success: true,
      outcome: 'admitted',
      usage: {
        meter: customer.meter,
        period: 'month',
        period_start: '2028-02-01T00:00:00.000Z',
        period_end: '2028-03-01T00:00:00.000Z',
        used: 5,
        soft_limit: 5,
        hard_limit: 10,
        remaining: 5,
        soft_limit_reached: true,
      },
    });
    expect((await customer.report()).body.usage).toMatchObject({ used: 6, remaining: 4 });
  });

  it('counts once for a key, in the header or in the body', async () => {
    const customer = await newCustomer({ hardLimit: 10 });
    const [first, again, inBody] = [
      await customer.report({}, 'once'),
      await customer.report({}, '"once"'),
      await customer.report({ key: 'once' }, null),
    ];
    expect([first.status, first.body.outcome]).toEqual([201, 'admitted']);
    for (const repeated of [again, inBody]) {
      expect(repeated.status).toBe(200);
      expect(repeated.body).toEqual({ ...first.body, outcome: 'duplicate' });
    }
    const other = await customer.report({ quantity: 2 }, 'once');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it.each([
    ['no key', {}, null, 400, 'idempotency_key_missing'],
    ['two keys', { key: 'a' }, 'b', 400, 'request_invalid'],
    ['a key that is none', {}, 'a b', 400, 'idempotency_key_invalid'],
    ['an empty key', { key: '' }, null, 400, 'request_invalid'],
    ['nothing used', { quantity: 0 }, 'a', 400, 'request_invalid'],
    ['less than nothing', { quantity: -1 }, 'a', 400, 'request_invalid'],
    ['a half', { quantity: 0.5 }, 'a', 400, 'request_invalid'],
    ['a text', { quantity: '1' }, 'a', 400, 'request_invalid'],
    ['too much', { quantity: 1_000_000_000_001 }, 'a', 400, 'request_invalid'],
    ['no time', { at: 'yesterday' }, 'a', 400, 'request_invalid'],
    ['a time before all calendars', { at: '0000-01-01T00:00:00Z' }, 'a', 400, 'request_invalid'],
    ['a day that is none', { at: '2027-02-29T00:00:00Z' }, 'a', 400, 'request_invalid'],
    ['a time long ago', { at: '2001-01-01T00:00:00Z' }, 'a', 400, 'request_invalid'],
    ['a time to come', { at: '2999-01-01T00:00:00Z' }, 'a', 400, 'request_invalid'],
    ['an unknown meter', { meter: 'none' }, 'a', 404, 'meter_not_found'],
    ['a name that is no meter', { meter: 'A;--' }, 'a', 400, 'request_invalid'],
    ['somebody else', { user_id: randomUUID() }, 'a', 400, 'request_invalid'],
  ])('refuses %s', async (_what, body, key, status, code) => {
    const customer = await newCustomer();
    const answer = await customer.report(body, key);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await customer.usage()).body).toMatchObject({ current: [{ used: 0 }], data: [] });
  });

  it('is not for meters that our services report', async () => {
    const customer = await newCustomer({ byUsers: false });
    const answer = await customer.report();
    expect([answer.status, answer.body.code]).toEqual([404, 'meter_not_found']);
  });

  it('takes no key away from our services', async () => {
    const customer = await newCustomer({ hardLimit: 10 });
    await customer.report({}, 'job-1');
    const now = new Date().toISOString();
    const recorded = await recordUsage(test.as('tandem_payment'), customer, {
      quantity: 3,
      key: 'job-1',
      now,
    });
    expect(recorded).toMatchObject({ outcome: 'admitted', used: '4' });
  });

  it('beyond the limit is refused until the period ends', async () => {
    travelTo('2026-12-31T23:58:30Z');
    const customer = await newCustomer({ hardLimit: 3 });
    await customer.report({ quantity: 3 });
    const refused = await customer.report({}, 'later');
    expect([refused.status, refused.body.code]).toEqual([429, 'quota_exceeded']);
    expect(refused.body.detail).toBe('3 of 3 used; the period ends at 2027-01-01T00:00:00Z');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(80);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(90);
    const never = await customer.report({ quantity: 4 });
    expect([never.status, never.headers]).toEqual([
      429,
      expect.not.objectContaining({ 'retry-after': expect.anything() }),
    ]);
    travelTo('2027-01-01T00:00:01Z');
    expect(await customer.report({}, 'later')).toMatchObject({ status: 201, body: { usage: { used: 1 } } });
  });

  it('admits exactly 500 of 1,000 calls at once against a quota of 500', async () => {
    const customer = await newCustomer({ hardLimit: 500 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => customer.report({}, `call-${n}`)),
    );
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    expect([count(201), count(429)]).toEqual([500, 500]);
    const { body } = await customer.usage();
    expect([body.current[0].used, body.current[0].remaining]).toEqual([500, 0]);
    expect(body.data).toMatchObject([{ quantity: 500, events: 500 }]);
  });
});

describe('the own usage', () => {
  it('of somebody new is that of the free plan', async () => {
    const { headers } = await signIn(test.admin);
    const { body } = await test.send({ path: '/api/payments/usage', headers });
    expect(body).toMatchObject({
      plan: 'free',
      current: [
        { meter: 'api_calls', unit: 'call', period: 'day', used: 0, soft_limit: 80, hard_limit: 100 },
        { meter: 'exports', unit: 'export', period: 'month', used: 0, remaining: 10 },
      ],
      data: [],
    });
  });

  it('has each day and meter, newest first, between two days', async () => {
    const customer = await newCustomer();
    const asService = test.as('tandem_payment');
    const use = (moment: string, quantity: number) =>
      recordUsage(asService, customer, { quantity, key: moment, now: moment });
    await use('2026-10-31T23:59:59Z', 1);
    await use('2026-11-01T00:00:00Z', 2);
    await use('2026-11-01T12:00:00Z', 3);
    await use('2026-11-03T00:00:00Z', 4);
    const { meter } = customer;
    const days = [
      { meter, day: '2026-11-03', quantity: 4, events: 1 },
      { meter, day: '2026-11-01', quantity: 5, events: 2 },
      { meter, day: '2026-10-31', quantity: 1, events: 1 },
    ];
    travelTo('2026-11-03T12:00:00Z');
    const { body } = await customer.usage();
    expect([body.from, body.to, body.data]).toEqual(['2026-10-05', '2026-11-03', days]);
    expect(body.current).toMatchObject([
      { meter, used: 9, remaining: null, hard_limit: null, unit: 'thing' },
    ]);
    const range = await customer.usage({ from: '2026-10-31', to: '2026-11-02' });
    expect(range.body.data).toEqual(days.slice(1));
    expect((await customer.usage({ meter: 'exports' })).body).toMatchObject({ current: [], data: [] });
    expect((await customer.usage({ meter })).body.data).toEqual(days);
  });

  it.each<Record<string, string>>([
    { from: '2026-01-01', to: '2026-04-04' },
    { from: '2026-02-02', to: '2026-02-01' },
    { from: '2027-02-29' },
    { to: 'today' },
    { meter: 'A' },
    { user_id: randomUUID() },
  ])('refuses %j', async (query) => {
    const { headers } = await signIn(test.admin);
    const { status, body } = await test.send({ path: '/api/payments/usage', headers, query });
    expect([status, body.code]).toEqual([400, 'request_invalid']);
  });

  it('is nobody else’s', async () => {
    const customer = await newCustomer();
    await customer.report();
    const other = await signIn(test.admin);
    const { body } = await test.send({ path: '/api/payments/usage', headers: other.headers });
    expect(JSON.stringify(body)).not.toContain(customer.meter);
  });
});
