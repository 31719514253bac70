import type Stripe from 'stripe';
import { refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('idempotency keys of the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
  });
  beforeEach(() => driver.double.reset());
  afterAll(() => driver.close());

  const create = (idempotencyKey: string, amount = 500) =>
    stripe.paymentIntents.create({ amount, currency: 'usd' }, { idempotencyKey });
  const headersOf = (object: { lastResponse: { headers: Record<string, string> } }) =>
    object.lastResponse.headers;

  it('replays the stored answer, marked', async () => {
    const first = await create('k');
    const second = await create('k');
    expect(second).toEqual(first);
    expect(headersOf(first)).not.toHaveProperty('idempotent-replayed');
    expect(headersOf(second)).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': headersOf(first)['request-id'],
      'idempotency-key': 'k',
    });
    expect(headersOf(second)['request-id']).not.toBe(headersOf(first)['request-id']);
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('refuses other parameters and other endpoints under the same key', async () => {
    await create('k');
    expect(await refusal(create('k', 600))).toMatchObject({
      statusCode: 400,
      type: 'StripeIdempotencyError',
      message: expect.stringContaining('can only be used with the same parameters'),
    });
    expect(await refusal(stripe.customers.create({}, { idempotencyKey: 'k' }))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("('/v1/customers' vs '/v1/payment_intents')"),
    });
  });

  it('does not care for the order of parameters', async () => {
    const first = await create('k');
    const second = await stripe.paymentIntents.create(
      { currency: 'usd', amount: 500 },
      { idempotencyKey: 'k' },
    );
    expect(second.id).toBe(first.id);
  });

  it('stores nothing when validation fails', async () => {
    expect((await refusal(create('k', 1))).code).toBe('amount_too_small');
    expect((await create('k', 500)).amount).toBe(500);
  });

  it('replays card errors: a new attempt needs a new key', async () => {
    const open = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      allowed_payment_method_types: ['card'],
    });
    const confirm = () =>
      stripe.paymentIntents.confirm(
        open.id,
        { payment_method: 'pm_card_chargeDeclined' },
        { idempotencyKey: 'k' },
      );
    const first = await refusal(confirm());
    const second = await refusal(confirm());
    expect(second.message).toBe(first.message);
    expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('replays a stored 500, whether or not the work was done', async () => {
    for (const afterActing of [false, true]) {
      driver.double.reset();
      driver.double.faults.add({
        pathPattern: '/v1/payment_intents',
        layer: 'endpoint',
        times: 1,
        action: { status: 500, afterActing },
      });
      expect((await refusal(create('k'))).statusCode).toBe(500);
      expect(await refusal(create('k'))).toMatchObject({
        statusCode: 500,
        headers: { 'idempotent-replayed': 'true' },
      });
      expect((await stripe.paymentIntents.list()).data).toHaveLength(afterActing ? 1 : 0);
    }
  });

  it('does not store failures in front of the API: 429, cut connections', async () => {
    const rule = { method: 'POST', pathPattern: '/v1/payment_intents', times: 1 };
    driver.double.faults.add({ ...rule, action: { status: 429, headers: { 'retry-after': '2' } } });
    expect(await refusal(create('k'))).toMatchObject({
      statusCode: 429,
      code: 'rate_limit',
      headers: { 'retry-after': '2' },
    });
    driver.double.faults.add({ ...rule, action: { dropConnectionAfter: true } });
    // Not through the official client: it repeats a request whose kept-alive connection was cut.
    const cut = fetch(`${driver.double.url}/v1/payment_intents`, {
      method: 'POST',
      body: new URLSearchParams({ amount: '500', currency: 'usd' }),
      headers: { authorization: `Bearer ${driver.double.secretKey}`, 'idempotency-key': 'k' },
    });
    await expect(cut).rejects.toThrow();
    expect(headersOf(await create('k'))).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('answers 409 while the first request runs', async () => {
    driver.double.faults.add({
      pathPattern: '/v1/payment_intents',
      layer: 'endpoint',
      times: 1,
      action: { delayMs: 150 },
    });
    const first = create('k');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await refusal(create('k'))).toMatchObject({
      statusCode: 409,
      code: 'idempotency_key_in_use',
      headers: { 'stripe-should-retry': 'true' },
    });
    expect((await create('k', 500).catch(() => first)).id).toBe((await first).id);
    expect((await create('k')).id).toBe((await first).id);
  });

  it('makes one object of fifty simultaneous calls', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => create('k').then((one) => one.id)));
    expect(new Set(ids).size).toBe(1);
  });

  it('keeps keys for 24 hours of the virtual clock', async () => {
    const first = await create('k');
    driver.double.clock.advance(23 * 3_600_000);
    expect((await create('k')).id).toBe(first.id);
    driver.double.clock.advance(3_600_000);
    expect((await create('k')).id).not.toBe(first.id);
  });

  it('refuses keys that are too long and ignores keys of GET', async () => {
    expect((await refusal(create('k'.repeat(256)))).statusCode).toBe(400);
    const first = await create('k');
    const answer = await fetch(`${driver.double.url}/v1/payment_intents/${first.id}`, {
      headers: { authorization: `Bearer ${driver.double.secretKey}`, 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
  });
});
