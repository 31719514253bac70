import type Stripe from 'stripe';
import type { DoubleLine } from '../../local/doubles/double-line';
import { type StripeDriver, startStripe, webhookSecret } from './stripe-driver';

describe('webhooks of the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  const lines: DoubleLine[] = [];
  beforeAll(async () => {
    driver = await startStripe({ onEvent: (line) => lines.push(line), retryDelaysMs: [1_000, 60_000] });
    stripe = driver.stripe;
  });
  beforeEach(() => {
    driver.double.reset();
    driver.sink.clear();
    driver.sink.answers.length = 0;
    lines.length = 0;
  });
  afterAll(() => driver.close());

  const verify = (index: number, secret = webhookSecret, body?: Buffer) => {
    const request = driver.sink.received[index];
    if (!request) throw new Error('no such request');
    return stripe.webhooks.constructEvent(
      body ?? request.rawBody,
      String(request.headers['stripe-signature']),
      secret,
    );
  };

  it('signs the exact bytes so that the official library accepts them', async () => {
    const intent = await driver.pay('pm_card_visa', { metadata: { payment_id: 'p-1' } });
    await driver.double.deliveries.drain();
    expect(driver.sink.types().sort()).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    for (const index of driver.sink.received.keys()) expect(verify(index).object).toBe('event');
    const index = driver.sink.types().indexOf('payment_intent.succeeded');
    expect(verify(index)).toMatchObject({
      id: expect.stringMatching(/^evt_\w{24}$/),
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 1,
      request: { id: expect.stringMatching(/^req_/) },
      data: {
        object: {
          id: intent.id,
          status: 'succeeded',
          amount_received: 1999,
          metadata: { payment_id: 'p-1' },
        },
      },
    });
    expect(driver.sink.received[0]?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    });
  });

  it('shows each event the object as it was then', async () => {
    await driver.pay('pm_card_visa');
    const events = await stripe.events.list({
      types: ['payment_intent.created', 'payment_intent.succeeded'],
    });
    expect(events.data.map((one) => (one.data.object as Stripe.PaymentIntent).status)).toEqual([
      'succeeded',
      'requires_confirmation',
    ]);
  });

  it('names the idempotency key of the request that caused an event', async () => {
    await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'key-1' });
    const [event] = (await stripe.events.list()).data;
    expect(event).toMatchObject({ type: 'customer.created', request: { idempotency_key: 'key-1' } });
  });

  it('makes forged deliveries that the official library refuses', async () => {
    await driver.pay('pm_card_visa');
    await driver.double.deliveries.drain();
    const body = driver.sink.events()[0];
    const forge = async (forgery: object) => {
      driver.sink.clear();
      await driver.control('POST', '/deliver', { body, forge: forgery });
    };
    await forge({});
    expect(verify(0).id).toBe(body?.id);
    for (const forgery of [{ badSignature: true }, { alteredBody: true }, { timestampOffsetMs: -400_000 }]) {
      await forge(forgery);
      expect(() => verify(0)).toThrow();
    }
    await forge({ otherMode: true });
    expect(verify(0).livemode).toBe(true);
    await forge({ timestampOffsetMs: 86_400_000 });
    expect(driver.sink.received[0]?.headers['stripe-signature']).toMatch(/^t=\d+,v1=/);
  });

  it('signs with every active secret while one is rolled', async () => {
    const [endpoint] = (await stripe.webhookEndpoints.list()).data;
    const secrets = ['whsec_second', webhookSecret];
    await driver.control('PUT', `/stripe/webhook_endpoints/${endpoint?.id}/secrets`, { secrets });
    await stripe.customers.create();
    await driver.double.deliveries.drain();
    expect(String(driver.sink.received[0]?.headers['stripe-signature']).match(/v1=/g)).toHaveLength(2);
    expect(verify(0).type).toBe('customer.created');
    expect(verify(0, 'whsec_second').type).toBe('customer.created');
    await driver.control('PUT', `/stripe/webhook_endpoints/${endpoint?.id}/secrets`, {
      secrets: [webhookSecret],
    });
  });

  it('retries with a new signature, and the event list shows what is not delivered', async () => {
    driver.sink.answers.push({ status: 500 }, { status: 200 });
    await stripe.customers.create();
    await driver.double.deliveries.drain();
    const open = await stripe.events.list({ delivery_success: false });
    expect(open.data).toMatchObject([{ type: 'customer.created', pending_webhooks: 1 }]);
    driver.double.clock.advance(1_000);
    await driver.double.deliveries.drain();
    expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
    expect((await stripe.events.list({ delivery_success: true })).data).toMatchObject([
      { pending_webhooks: 0 },
    ]);
    expect(driver.sink.received[0]?.rawBody.equals(driver.sink.received[1]?.rawBody ?? Buffer.alloc(0))).toBe(
      true,
    );
    expect(verify(1).type).toBe('customer.created');
  });

  it('loses, doubles and reorders by rule while the API keeps the truth', async () => {
    await driver.control('PUT', '/deliveries/rules', {
      dropNext: 1,
      copies: 2,
      reorder: { windowMs: 1_000, seed: 5 },
    });
    await driver.pay('pm_card_visa');
    await driver.double.deliveries.drain();
    expect(driver.sink.received).toHaveLength(0);
    driver.double.clock.advance(1_000);
    await driver.double.deliveries.drain();
    const types = driver.sink.types().filter((type) => type !== 'charge.updated');
    expect(types).toHaveLength(5);
    expect(types.filter((type) => type === 'payment_intent.succeeded')).toHaveLength(2);
    expect((await stripe.events.list({ type: 'payment_intent.*' })).data).toHaveLength(2);
  });

  it('tells the same fact again under another event id', async () => {
    const paid = await driver.pay('pm_card_visa');
    await driver.control('POST', '/stripe/events', { type: 'payment_intent.succeeded', object: paid.id });
    const { data } = await stripe.events.list({ type: 'payment_intent.succeeded' });
    expect(new Set(data.map((one) => one.id)).size).toBe(2);
    expect(data[0]?.data.object).toEqual(data[1]?.data.object);
  });

  it('can change state without any event, and lie about an object', async () => {
    await driver.control('PUT', '/stripe/events', { enabled: false });
    const paid = await driver.pay('pm_card_visa');
    expect((await stripe.events.list()).data).toEqual([]);
    await driver.control('PUT', '/stripe/events', { enabled: true });
    await driver.control('PUT', `/stripe/objects/${paid.id}`, { changes: { amount_received: 1 } });
    expect((await stripe.paymentIntents.retrieve(paid.id)).amount_received).toBe(1);
    expect((await stripe.events.list()).data).toEqual([]);
  });

  it('keeps events for thirty days', async () => {
    await stripe.customers.create();
    const [event] = (await stripe.events.list()).data;
    driver.double.clock.advance(31 * 86_400_000);
    expect((await stripe.events.list()).data).toEqual([]);
    await expect(stripe.events.retrieve(event?.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('registers and removes endpoints through the API', async () => {
    const made = await stripe.webhookEndpoints.create({
      url: driver.sink.url,
      enabled_events: ['customer.created'],
    });
    expect(made.secret).toMatch(/^whsec_\w{32}$/);
    await stripe.customers.create();
    await driver.double.deliveries.drain();
    expect(driver.sink.received).toHaveLength(2);
    const verdicts = [0, 1].map((index) => {
      try {
        return verify(index, made.secret).type;
      } catch {
        return 'refused';
      }
    });
    expect(verdicts.sort()).toEqual(['customer.created', 'refused']);
    expect(await stripe.webhookEndpoints.del(made.id)).toMatchObject({ deleted: true });
    expect(
      await stripe.webhookEndpoints.retrieve((await stripe.webhookEndpoints.list()).data[0]?.id ?? ''),
    ).not.toHaveProperty('secret');
  });

  it('reports requests and attempts to the runner', async () => {
    await stripe.customers.create();
    await driver.double.deliveries.drain();
    expect(lines).toMatchObject([
      { kind: 'request', provider: 'stripe', method: 'POST', path: '/v1/customers', status: 200 },
      {
        kind: 'delivery',
        provider: 'stripe',
        eventType: 'customer.created',
        attempt: 1,
        status: 200,
        error: null,
      },
    ]);
  });
});
