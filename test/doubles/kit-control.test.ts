import { type StripeDriver, startStripe } from './stripe-driver';

describe('the control API', () => {
  let driver: StripeDriver;
  beforeAll(async () => {
    driver = await startStripe();
  });
  beforeEach(async () => {
    await driver.control('POST', '/reset');
    driver.sink.clear();
  });
  afterAll(() => driver.close());

  it('reads, replaces and clears delivery rules', async () => {
    const { control } = driver;
    expect((await control('PUT', '/deliveries/rules', { copies: 3 })).body).toMatchObject({
      copies: 3,
      delayMs: 0,
    });
    expect((await control('GET', '/deliveries/rules')).body).toMatchObject({ copies: 3 });
    expect((await control('DELETE', '/deliveries/rules')).body).toMatchObject({ copies: 1 });
    expect((await control('PUT', '/deliveries/rules', { copies: 0 })).status).toBe(400);
    expect((await control('PUT', '/deliveries/rules', { unknown: 1 })).status).toBe(400);
  });

  it('lists deliveries with their attempts, drains and resends', async () => {
    await driver.pay('pm_card_visa');
    await driver.control('POST', '/deliveries/drain');
    const listed = (await driver.control('GET', '/deliveries?type=payment_intent.succeeded')).body as {
      deliveries: { eventId: string; state: string; attempts: { status: number }[] }[];
    };
    expect(listed.deliveries).toMatchObject([{ state: 'delivered', attempts: [{ status: 200 }] }]);
    const eventId = listed.deliveries[0]?.eventId ?? '';
    driver.sink.clear();
    expect((await driver.control('POST', `/deliveries/${eventId}/resend`)).body).toEqual({ deliveries: 1 });
    await driver.control('POST', '/deliveries/drain');
    expect(driver.sink.types()).toEqual(['payment_intent.succeeded']);
    expect((await driver.control('POST', '/deliveries/evt_none/resend')).status).toBe(404);
  });

  it('moves the clock and puts it back', async () => {
    const before = Date.now();
    const moved = (await driver.control('POST', '/clock', { advanceMs: 86_400_000 })).body as {
      nowMs: number;
    };
    expect(moved.nowMs - before).toBeGreaterThanOrEqual(86_400_000);
    await driver.control('POST', '/clock', { setMs: 1_000_000 });
    expect((await driver.control('GET', '/clock')).body).toMatchObject({ nowMs: expect.any(Number) });
    const back = (await driver.control('DELETE', '/clock')).body as { offsetMs: number };
    expect(back.offsetMs).toBe(0);
    expect((await driver.control('POST', '/clock', { advanceMs: 'x' })).status).toBe(400);
  });

  it('adds, lists and removes faults', async () => {
    const rule = { pathPattern: '/v1/customers', action: { status: 503 } };
    const added = (await driver.control('POST', '/faults', rule)).body as { id: string };
    await expect(driver.stripe.customers.create()).rejects.toMatchObject({ statusCode: 503 });
    expect((await driver.control('GET', '/faults')).body).toMatchObject({
      faults: [{ id: added.id, hits: 1 }],
    });
    await driver.control('DELETE', `/faults/${added.id}`);
    await driver.stripe.customers.create();
    expect((await driver.control('POST', '/faults', { pathPattern: '/', action: {} })).status).toBe(400);
  });

  it('counts calls with their idempotency keys and without secrets', async () => {
    await driver.stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 1, exp_year: 2040, cvc: '987' },
    });
    await driver.stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'key-1' });
    const { counts, recent } = driver.double.calls.read();
    expect(counts).toEqual({ 'POST /v1/payment_methods': 1, 'POST /v1/customers': 1 });
    expect(recent[1]).toMatchObject({
      idempotencyKey: 'key-1',
      status: 200,
      body: { email: 'a@example.com' },
    });
    const text = JSON.stringify((await driver.control('GET', '/calls')).body);
    expect(text).not.toContain('4242424242424242');
    expect(text).not.toContain('987');
    expect(text).not.toContain('sk_test');
  });

  it('posts custom bodies, genuine, forged or not even text', async () => {
    const sent = await driver.control('POST', '/deliver', { body: { id: 'evt_x' }, copies: 2 });
    expect(sent.body).toMatchObject({ attempts: [{ status: 200 }, { status: 200 }] });
    await driver.control('POST', '/deliver', { bodyBase64: Buffer.from([0xff]).toString('base64') });
    expect(driver.sink.received.map((one) => one.rawBody.toString('latin1'))).toEqual([
      '{"id":"evt_x"}',
      '{"id":"evt_x"}',
      '\xff',
    ]);
    expect(driver.sink.received[0]?.headers['stripe-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  });

  it('resets everything but the webhook endpoints', async () => {
    await driver.pay('pm_card_visa');
    await driver.control('POST', '/faults', { pathPattern: '/v1/*', action: { status: 500 } });
    await driver.control('PUT', '/deliveries/rules', { paused: true });
    await driver.control('POST', '/reset');
    expect((await driver.control('GET', '/ledger')).body).toEqual({ entries: [] });
    expect((await driver.stripe.paymentIntents.list()).data).toEqual([]);
    expect((await driver.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });

  it.each(['not json', '[]', 'null', '"x"', '{"a":'])('answers the body %j with 400', async (body) => {
    for (const path of ['/clock', '/faults', '/deliver', '/stripe/disputes', '/stripe/events']) {
      const answer = await fetch(`${driver.double.url}/_control${path}`, { method: 'POST', body });
      expect([path, answer.status]).toEqual([path, 400]);
    }
  });
});
