import { randomUUID } from 'node:crypto';
import { type DoubleShop, openDoubleShop, type Purchase } from '../support/double-shop';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks } from '../support/payment-service';

/** What providers answer when they do not simply do what was asked, through the real SDKs. */
const MINUTE = 60_000;

let shop: DoubleShop;
beforeEach(async () => {
  shop = await openDoubleShop();
});
afterEach(async () => {
  await expectSoundBooks(shop.admin);
  await shop.close();
});

type ProviderName = 'stripe' | 'paypal';

const fault = (provider: ProviderName, rule: object) => shop.control(provider, 'POST', '/faults', rule);
const mend = (provider: ProviderName) => shop.control(provider, 'DELETE', '/faults');
const counts = (provider: ProviderName) => shop[provider].calls.read().counts;

const create = (provider: ProviderName, key: string = randomUUID()) =>
  shop.send({
    path: '/api/payments/create-intent',
    body: { provider, price: 'pro' },
    headers: { ...shop.buyer.headers, 'Idempotency-Key': key },
  });

const confirm = ({ provider, ref }: Purchase) =>
  shop.send({
    path: `/api/payments/confirm-${provider}`,
    body: provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref },
    headers: shop.buyer.headers,
  });

const refund = ({ id }: Purchase, body: object, key: string = randomUUID()) =>
  shop.send({
    path: `/api/payments/${id}/refund`,
    body,
    headers: { ...shop.operator.headers, 'Idempotency-Key': key },
  });

const bought = async (provider: ProviderName): Promise<Purchase> => {
  const purchase = await shop.agree(provider);
  const { body } = await confirm(purchase);
  expect(body.payment.status).toBe('succeeded');
  return purchase;
};

const refundsBooked = async ({ id }: Purchase) => (await paymentRows(shop.admin, id)).payment?.refunded_minor;

const calls = async ({ id }: { id: string }, operation: string) =>
  (
    await shop.admin.query<{ key: string; state: string; error_code: string | null }>(
      `select key, state, error_code from private.provider_calls
       where payment_id = $1 and operation = $2 order by created_at, key`,
      [id, operation],
    )
  ).rows;

describe('a 500 that Stripe keeps for the key', () => {
  const keep500 = (pathPattern: string, afterActing: boolean) =>
    fault('stripe', {
      method: 'POST',
      pathPattern,
      layer: 'endpoint',
      times: 1,
      action: { status: 500, afterActing },
    });

  it('of a refund that was made: it is found at once, and is the answer', async () => {
    const purchase = await bought('stripe');
    await keep500('/v1/refunds', true);
    const { status, body } = await refund(purchase, { amount: 700 });
    expect([status, body.payment.refunded_amount]).toEqual([200, 700]);
    expect(counts('stripe')['GET /v1/refunds']).toBe(1);
    expect(await calls(purchase, 'refund')).toMatchObject([{ state: 'succeeded' }]);
  });

  it('of a refund that was not made: nobody repeats its key, and later another is made, once', async () => {
    const purchase = await bought('stripe');
    await keep500('/v1/refunds', false);
    const key = randomUUID();
    const first = await refund(purchase, { amount: 700 }, key);
    expect([first.status, first.body.code, first.headers['retry-after']]).toEqual([
      503,
      'provider_outcome_unknown',
      '300',
    ]);
    // What it may take stays reserved until it is known.
    expect((await refund(purchase, {})).body.payment.refunded_amount).toBe(1299);
    shop.stripe.calls.clear();
    const early = await refund(purchase, { amount: 700 }, key);
    expect([early.status, early.body.code]).toEqual([503, 'provider_outcome_unknown']);
    for (let run = 0; run < 3; run += 1) {
      shop.clock.advance(6 * MINUTE);
      await shop.sweep('open-payments');
    }
    expect(counts('stripe')['POST /v1/refunds']).toBeUndefined();
    const [call] = await calls(purchase, 'refund');
    expect(call).toMatchObject({ state: 'failed', error_code: 'not_made' });

    const again = await refund(purchase, { amount: 700 }, key);
    expect([again.status, again.body.payment.refunded_amount]).toEqual([200, 1999]);
    expect(counts('stripe')['POST /v1/refunds']).toBe(1);
    expect((await calls(purchase, 'refund')).map((one) => one.key)).toContain(`${call?.key}:1`);
    expect((await refund(purchase, { amount: 700 }, key)).text).toBe(again.text);
  });

  it.each([true, false])(
    'of an intent (made: %s): the payer gets one all the same, and only one',
    async (made) => {
      await keep500('/v1/payment_intents', made);
      const key = randomUUID();
      const { status, body } = await create('stripe', key);
      expect([status, body.client_secret]).toEqual([201, expect.stringContaining('_secret_')]);
      expect((await create('stripe', key)).body.client_secret).toBe(body.client_secret);
      const { data } = (await (
        await fetch(`${shop.stripe.url}/v1/payment_intents`, {
          headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
        })
      ).json()) as { data: { id: string }[] };
      expect(data.map(({ id }) => id)).toEqual([body.payment_intent_id]);
      const states = (await calls(body.payment, 'create')).map(({ state }) => state);
      expect(states).toEqual(made ? ['succeeded'] : ['failed', 'succeeded']);
    },
  );
});

describe('"it was done before"', () => {
  it.each(['stripe', 'paypal'] as const)(
    'of a refund at %s by somebody else: nothing of ours was made',
    async (provider) => {
      const purchase = await bought(provider);
      if (provider === 'stripe') {
        const body = new URLSearchParams({ payment_intent: purchase.ref });
        const headers = { authorization: `Bearer ${shop.stripe.secretKey}` };
        await fetch(`${shop.stripe.url}/v1/refunds`, { method: 'POST', headers, body });
      } else {
        const made = await askPayPal(`/v2/payments/captures/${await captureOf(purchase)}/refund`, {});
        expect(made.status).toBe('COMPLETED');
      }
      const { status, body } = await refund(purchase, { amount: 1 });
      expect([status, body.code]).toEqual([409, 'payment_not_refundable']);
      expect(await calls(purchase, 'refund')).toMatchObject([{ state: 'failed' }]);
    },
  );

  it('of a capture at PayPal: what it captured is the answer', async () => {
    const purchase = await shop.agree('paypal');
    await fault('paypal', {
      method: 'POST',
      pathPattern: '/v2/checkout/orders/{id}/capture',
      times: 1,
      action: { status: 503, afterActing: true },
    });
    expect((await confirm(purchase)).status).toBe(503);
    // As if PayPal had forgotten the key early.
    await shop.admin.query(
      `update private.provider_calls set key = replace(key, ':0', ':9') where payment_id = $1 and operation = 'capture'`,
      [purchase.id],
    );
    const { status, body } = await confirm(purchase);
    expect([status, body.payment.status]).toEqual([200, 'succeeded']);
    expect((await paymentRows(shop.admin, purchase.id)).ledger.length).toBeGreaterThanOrEqual(2);
  });

  it('of a refund at PayPal by its invoice id: the refund that carries it is the answer', async () => {
    const purchase = await bought('paypal');
    const key = randomUUID();
    const path = '/v2/payments/captures/{id}/refund';
    await fault('paypal', { method: 'POST', pathPattern: path, times: 1, action: { status: 503 } });
    expect((await refund(purchase, { amount: 700 }, key)).status).toBe(503);
    // PayPal made it all the same, and has forgotten the PayPal-Request-Id before its time.
    const [call] = await calls(purchase, 'refund');
    const id = call?.key.replaceAll(':', '.');
    const made = await askPayPal(`/v2/payments/captures/${await captureOf(purchase)}/refund`, {
      amount: { currency_code: 'USD', value: '7.00' },
      custom_id: id,
      invoice_id: id,
    });
    expect(made.status).toBe('COMPLETED');
    const { status, body } = await refund(purchase, { amount: 700 }, key);
    expect([status, body.payment.refunded_amount, body.refund.id]).toEqual([200, 700, made.id]);
    const entries = (await shop.control('paypal', 'GET', '/ledger')) as { entries: { kind: string }[] };
    expect(entries.entries.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
  });
});

const captureOf = async ({ id }: Purchase): Promise<string> =>
  (await paymentRows(shop.admin, id)).facts.find(({ kind }) => kind === 'capture')?.object_id ?? '';

const askPayPal = async (path: string, body: object): Promise<{ id: string; status: string }> => {
  const { url, clientId, clientSecret } = shop.paypal;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const { access_token: token } = (await (
    await fetch(`${url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    })
  ).json()) as { access_token: string };
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { id: string; status: string };
};

describe('a provider that asks to be left alone', () => {
  it.each(['stripe', 'paypal'] as const)('%s: the client is told how long', async (provider) => {
    await shop.agree(provider);
    const path = provider === 'stripe' ? '/v1/payment_intents' : '/v2/checkout/orders';
    await fault(provider, {
      method: 'POST',
      pathPattern: path,
      action: { status: 429, headers: { 'retry-after': '17' } },
    });
    shop[provider].calls.clear();
    const { status, body, headers } = await create(provider);
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'provider_unavailable', '17']);
    // Nobody repeats a 429 behind our back.
    expect(counts(provider)[`POST ${path}`]).toBe(1);
  });

  it('is asked nothing more in this run of the sweep, nor in the next, until its time has come', async () => {
    for (let index = 0; index < 4; index += 1) await shop.agree('stripe');
    const paid = await shop.agree('paypal');
    shop.clock.advance(3 * MINUTE);
    await fault('stripe', {
      pathPattern: '/v1/payment_intents/{id}',
      action: { status: 429, headers: { 'retry-after': '600' } },
    });
    shop.stripe.calls.clear();
    await shop.sweep('open-payments');
    expect(shop.callsTo('stripe')).toBe(1);
    await mend('stripe');
    shop.clock.advance(5 * MINUTE);
    await shop.sweep('open-payments');
    expect(shop.callsTo('stripe')).toBe(1);
    // The other provider does not wait for it.
    expect((await paymentRows(shop.admin, paid.id)).payment?.status).toBe('succeeded');
    shop.clock.advance(6 * MINUTE);
    await shop.sweep('open-payments');
    const { rows } = await shop.admin.query(
      `select status, count(*)::int as n from public.payments where provider = 'stripe' group by 1`,
    );
    expect(rows).toEqual([{ status: 'succeeded', n: 4 }]);
  });

  it('without saying how long is asked three times in a run', async () => {
    for (let index = 0; index < 6; index += 1) await shop.agree('stripe');
    shop.clock.advance(3 * MINUTE);
    await fault('stripe', { pathPattern: '/v1/payment_intents/{id}', action: { status: 429 } });
    shop.stripe.calls.clear();
    await shop.sweep('open-payments');
    expect(shop.callsTo('stripe')).toBe(3);
    expect(shop.failures).toHaveLength(3);
  });
});

it('a refund whose answer came too late is made once', async () => {
  const purchase = await bought('stripe');
  await fault('stripe', {
    method: 'POST',
    pathPattern: '/v1/refunds',
    times: 2,
    action: { dropConnectionAfter: true },
  });
  const key = randomUUID();
  expect((await refund(purchase, { amount: 700 }, key)).body.code).toBe('provider_unavailable');
  shop.clock.advance(3 * MINUTE);
  await shop.sweep('open-payments');
  expect(await refundsBooked(purchase)).toBe('700');
  expect(await calls(purchase, 'refund')).toMatchObject([{ state: 'succeeded' }]);
});
