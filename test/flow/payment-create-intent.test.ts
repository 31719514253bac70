import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import type { FakeProvider } from '../support/fake-provider';
import {
  type Answer,
  expectSoundBooks,
  type PaymentTest,
  startPaymentTest,
} from '../support/payment-service';
import { type SignedInUser, signIn } from '../support/sign-in';

let test: PaymentTest;
let user: SignedInUser;

beforeAll(async () => {
  test = await startPaymentTest();
  await test.admin.query(
    `insert into public.prices (id, name, currency, amount_minor) values
       ('dinar', 'No provider takes it', 'BHD', 1000), ('forint', 'PayPal takes whole ones only', 'HUF', 1050)`,
  );
});
beforeEach(async () => {
  user = await signIn(test.admin);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const create = (body: unknown, key?: string, as = user): Promise<Answer> =>
  test.send({
    path: '/api/payments/create-intent',
    body,
    headers: { ...as.headers, ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
  });

const callRow = async (paymentId: string) =>
  (
    await test.admin.query(
      'select key, state, attempts, result_ref from private.provider_calls where payment_id = $1',
      [paymentId],
    )
  ).rows;

const paymentsOf = async ({ userId }: SignedInUser) =>
  (
    await test.admin.query<{ id: string; status: string }>(
      'select * from public.payments where user_id = $1',
      [userId],
    )
  ).rows;

const lastCreated = (provider: FakeProvider) => provider.callsOf('create').at(-1);

describe('a payment', () => {
  it('with Stripe is the catalogue’s price and gives what stripe.js needs', async () => {
    const { status, body, headers } = await create({ provider: 'stripe', price: 'pro' });
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    const ref = body.payment_intent_id;
    expect(body).toEqual({
      success: true,
      payment: {
        id: expect.any(String),
        provider: 'stripe',
        provider_ref: ref,
        price: 'pro',
        description: 'Pro plan, one month',
        amount: 1999,
        currency: 'USD',
        status: 'requires_payment_method',
        captured_amount: 0,
        refunded_amount: 0,
        reversed_amount: 0,
        dispute_status: null,
        last_error_code: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
      client_secret: `${ref}_secret`,
      payment_intent_id: ref,
    });
    expect(lastCreated(test.stripe)).toMatchObject({ key: `create:${body.payment.id}`, amountMinor: 1999n });
    expect(await callRow(body.payment.id)).toEqual([
      { key: `create:${body.payment.id}`, state: 'succeeded', attempts: 1, result_ref: ref },
    ]);
  });

  it('with PayPal gives where to approve', async () => {
    const { status, body } = await create({ provider: 'paypal', price: 'pro' });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      payment: expect.objectContaining({ status: 'requires_action', provider_ref: body.order_id }),
      approve_url: `https://paypal.test/checkoutnow?token=${body.order_id}`,
      order_id: body.order_id,
    });
  });

  it('is kept under its user, and tells the same as the history', async () => {
    const { body } = await create({ provider: 'stripe', price: 'pro' });
    const { body: history } = await test.send({
      path: `/api/payments/history/${body.payment.id}`,
      headers: user.headers,
    });
    expect(history.payment).toEqual(body.payment);
    expect((await paymentsOf(user)).map(({ id }) => id)).toEqual([body.payment.id]);
  });

  it('keeps no client secret in the inbox', async () => {
    const { body } = await create({ provider: 'stripe', price: 'pro' });
    const { rows } = await test.admin.query<Record<string, unknown>>(
      'select * from private.inbox where payment_id = $1',
      [body.payment.id],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(body.client_secret);
  });
});

describe('the amount', () => {
  it.each([
    [{ price: 'pro' }, 1999n],
    [{ price: 'pro', amount: 1999 }, 1999n],
    [{ price: 'pro', amount: 1999, currency: 'USD' }, 1999n],
    [{ price: 'tokyo-guide' }, 1500n],
    [{ price: 'donation', amount: 100 }, 100n],
    [{ price: 'donation', amount: 100_000, currency: 'EUR' }, 100_000n],
  ])('of %j is %s', async (wish, amountMinor) => {
    expect((await create({ provider: 'stripe', ...wish })).status).toBe(201);
    expect(lastCreated(test.stripe)?.amountMinor).toBe(amountMinor);
  });

  it.each([
    [{ price: 'nothing' }, 404, 'price_not_found'],
    [{ price: 'pro', amount: 1 }, 422, 'amount_not_allowed'],
    [{ price: 'pro', amount: 2000 }, 422, 'amount_not_allowed'],
    [{ price: 'pro', currency: 'EUR' }, 422, 'amount_not_allowed'],
    [{ price: 'pro', currency: 'JPY', amount: 1999 }, 422, 'amount_not_allowed'],
    [{ price: 'donation' }, 422, 'amount_not_allowed'],
    [{ price: 'donation', amount: 99 }, 422, 'amount_not_allowed'],
    [{ price: 'donation', amount: 100_001 }, 422, 'amount_not_allowed'],
    [{ price: 'dinar' }, 422, 'currency_not_supported'],
    [{ price: 'donation', amount: 0 }, 400, 'request_invalid'],
    [{ price: 'donation', amount: -100 }, 400, 'request_invalid'],
    [{ price: 'donation', amount: 100.5 }, 400, 'request_invalid'],
    [{ price: 'donation', amount: '100' }, 400, 'request_invalid'],
    [{ price: 'donation', amount: 1e15 }, 400, 'request_invalid'],
    [{ price: 'donation', amount: 2 ** 53 }, 400, 'request_invalid'],
    [{ price: 'donation', amount: null }, 400, 'request_invalid'],
    [{ price: 'donation', amount: [100] }, 400, 'request_invalid'],
    [{ price: 'pro', currency: 'usd' }, 400, 'request_invalid'],
    [{ price: 'pro', currency: 'EURO' }, 400, 'request_invalid'],
    [{ price: "pro' or 1=1--" }, 400, 'request_invalid'],
    [{ price: '' }, 400, 'request_invalid'],
    [{}, 400, 'request_invalid'],
    [{ price: 'pro', provider: 'adyen' }, 400, 'request_invalid'],
    // Fields that are not the client's to choose.
    [{ price: 'pro', status: 'succeeded' }, 400, 'request_invalid'],
    [{ price: 'pro', user_id: 'me' }, 400, 'request_invalid'],
    [{ price: 'pro', id: 'mine' }, 400, 'request_invalid'],
  ])('of %j is refused with %i %s', async (wish, status, code) => {
    const answer = await create({ provider: 'stripe', ...wish }, randomUUID());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await paymentsOf(user)).toEqual([]);
  });

  it('depends on what the provider can express', async () => {
    expect((await create({ provider: 'paypal', price: 'forint' })).body.code).toBe('currency_not_supported');
    expect((await create({ provider: 'stripe', price: 'forint' })).status).toBe(201);
  });
});

describe('who may', () => {
  it.each([
    ['nobody', {}, 'unauthenticated'],
    ['a made-up token', { Authorization: `Bearer tdm_${'x'.repeat(43)}` }, 'unauthenticated'],
    ['a broken header', { Authorization: 'Basic dXNlcjpwYXNz' }, 'unauthenticated'],
  ])('not %s', async (_, headers, code) => {
    const answer = await create({ provider: 'stripe', price: 'pro' }, undefined, {
      userId: '',
      headers,
    } as SignedInUser);
    expect([answer.status, answer.body.code]).toEqual([401, code]);
  });

  it('not somebody who has signed out a moment ago', async () => {
    await test.admin.query(
      `update private.sessions set ended_at = now(), ended_because = 'signed_out' where user_id = $1`,
      [user.userId],
    );
    const answer = await create({ provider: 'stripe', price: 'pro' });
    expect([answer.status, answer.body.code]).toEqual([401, 'session_ended']);
    expect(await paymentsOf(user)).toEqual([]);
  });
});

describe('the Idempotency-Key', () => {
  const body = { provider: 'stripe', price: 'pro' };

  it('repeats the first answer byte for byte, asking the provider once', async () => {
    const key = randomUUID();
    const before = test.stripe.callsOf('create').length;
    const first = await create(body, key);
    const again = [await create(body, key), await create({ price: 'pro', provider: 'stripe' }, `"${key}"`)];
    expect(again.map(({ status, text }) => [status, text])).toEqual([
      [201, first.text],
      [201, first.text],
    ]);
    expect(test.stripe.callsOf('create')).toHaveLength(before + 1);
    expect(await paymentsOf(user)).toHaveLength(1);
  });

  it('is refused with another request', async () => {
    const key = randomUUID();
    await create(body, key);
    for (const other of [
      { ...body, provider: 'paypal' },
      { ...body, price: 'team' },
      { ...body, amount: 1999 },
    ]) {
      const answer = await create(other, key);
      expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    }
    expect(await paymentsOf(user)).toHaveLength(1);
  });

  it('belongs to its user', async () => {
    const key = randomUUID();
    const other = await signIn(test.admin);
    const [mine, theirs] = [await create(body, key), await create(body, key, other)];
    expect(theirs.status).toBe(201);
    expect(theirs.body.payment.id).not.toBe(mine.body.payment.id);
  });

  it.each([
    ['with a space', 'a b'],
    ['too long', 'x'.repeat(256)],
    ['with letters beyond ASCII', 'schlüssel'],
    ['empty', ''],
  ])('is refused %s', async (_, key) => {
    const answer = await create(body, key);
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_key_invalid']);
  });

  it('gives 20 clicks at once one payment; those that came too early are told to try again', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body, key)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    for (const { status, body: problem, headers } of answers) {
      if (status === 409)
        expect([problem.code, headers['retry-after']]).toEqual(['idempotency_key_in_flight', '1']);
    }
    const created = answers.filter(({ status }) => status === 201);
    expect(created.length).toBeGreaterThanOrEqual(1);
    const last = await create(body, key);
    expect(new Set([...created, last].map(({ text }) => text)).size).toBe(1);
    const payments = await paymentsOf(user);
    expect(payments).toHaveLength(1);
    const intents = [...test.stripe.intents.values()].filter((one) => one.paymentId === payments[0]?.id);
    expect(intents).toHaveLength(1);
  });

  it('without one, each click is a payment of its own', async () => {
    await Promise.all([create(body), create(body)]);
    expect(await paymentsOf(user)).toHaveLength(2);
  });
});

describe('when the provider', () => {
  const body = { provider: 'stripe', price: 'pro' };

  it.each(['before', 'after'] as const)(
    'is lost %s it acted, a retry goes on with the same payment and the same call',
    async (when) => {
      const key = randomUUID();
      test.stripe.failNext('create', new AppError('provider_unavailable'), when);
      const lost = await create(body, key);
      expect([lost.status, lost.body.code]).toEqual([503, 'provider_unavailable']);
      expect(lost.headers['retry-after']).toBeDefined();
      const [payment] = await paymentsOf(user);
      expect(await callRow(payment?.id ?? '')).toEqual([
        expect.objectContaining({ state: 'unknown', attempts: 1 }),
      ]);
      const retried = await create(body, key);
      expect([retried.status, retried.body.payment.id]).toEqual([201, payment?.id]);
      const keys = test.stripe.callsOf('create').filter((call) => call.key === `create:${payment?.id}`);
      expect(keys).toHaveLength(2);
      expect([...test.stripe.intents.values()].filter((one) => one.paymentId === payment?.id)).toHaveLength(
        1,
      );
      expect(await paymentsOf(user)).toHaveLength(1);
      expect(await callRow(payment?.id ?? '')).toEqual([
        expect.objectContaining({ state: 'succeeded', attempts: 2 }),
      ]);
    },
  );

  it('refuses for good, the payment has failed', async () => {
    test.stripe.failNext('create', new AppError('provider_rejected'));
    const refused = await create(body, randomUUID());
    expect([refused.status, refused.body.code]).toEqual([502, 'provider_rejected']);
    const [payment] = await paymentsOf(user);
    expect(payment).toMatchObject({ status: 'failed', last_error_code: 'provider_rejected' });
    expect(await callRow(payment?.id ?? '')).toEqual([expect.objectContaining({ state: 'failed' })]);
  });

  it('breaks in a way nobody foresaw, the answer is ours and the call stays open', async () => {
    test.stripe.failNext('create', new TypeError('secret detail of a driver'));
    const broken = await create(body, randomUUID());
    expect([broken.status, broken.body.code]).toEqual([500, 'internal']);
    expect(broken.text).not.toContain('secret detail');
    const [payment] = await paymentsOf(user);
    expect(await callRow(payment?.id ?? '')).toEqual([expect.objectContaining({ state: 'unknown' })]);
  });
});

describe('after a process died', () => {
  it('between the claim and everything else, its key opens again after ten seconds', async () => {
    const key = randomUUID();
    const body = { provider: 'stripe', price: 'pro' };
    const first = await create(body, key);
    // As if it had died before it could note its answer.
    const died = (ago: string) =>
      test.admin.query(
        `update private.idempotency_keys set state = 'in_flight', response = null,
           claimed_at = now() - $2::interval where key = $1`,
        [key, ago],
      );
    await died('8 seconds');
    expect((await create(body, key)).body.code).toBe('idempotency_key_in_flight');
    await died('11 seconds');
    const again = await create(body, key);
    expect([again.status, again.body.payment.id]).toEqual([201, first.body.payment.id]);
    expect(again.body).toEqual({ ...first.body, payment: { ...again.body.payment } });
    expect(again.body.payment.created_at).toBe(first.body.payment.created_at);
    expect(await paymentsOf(user)).toHaveLength(1);
  });
});
