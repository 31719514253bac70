import type Stripe from 'stripe';
import { startStripeDouble } from '../../local/stripe/start-stripe-double';
import { clientOf, refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('keys, modes and versions of the Stripe double', () => {
  let driver: StripeDriver;
  let intent: Stripe.PaymentIntent;
  beforeAll(async () => {
    driver = await startStripe();
    intent = await driver.stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  });
  afterAll(() => driver.close());

  const get = (headers: Record<string, string>, path = '/v1/customers') =>
    fetch(`${driver.double.url}${path}`, { headers });

  it.each([
    ['no key', {}],
    ['a live key', { authorization: 'Bearer sk_live_abcdefgh' }],
    ['no key at all', { authorization: 'Bearer nonsense' }],
    ['an empty key', { authorization: 'Bearer ' }],
  ])('refuses %s with 401', async (_name, headers: Record<string, string>) => {
    const answer = await get(headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('never shows a whole refused key', async () => {
    const answer = await get({ authorization: 'Bearer sk_live_averysecretkey1234' });
    expect(await answer.text()).toContain('sk_live_****1234');
  });

  it('takes secret and restricted keys, Bearer or Basic', async () => {
    const basic = Buffer.from('sk_test_any:').toString('base64');
    for (const authorization of ['Bearer sk_test_any', 'bearer rk_test_any', `Basic ${basic}`]) {
      expect((await get({ authorization })).status).toBe(200);
    }
  });

  it('lets a publishable key do only what stripe.js does, with the client secret', async () => {
    const browser = clientOf(driver.double, driver.double.publishableKey);
    expect((await refusal(Promise.resolve(browser.customers.list()))).statusCode).toBe(401);
    expect((await refusal(browser.paymentIntents.retrieve(intent.id))).param).toBe('client_secret');
    const wrong = browser.paymentIntents.retrieve(intent.id, { client_secret: 'pi_x_secret_y' });
    expect((await refusal(wrong)).statusCode).toBe(400);
    const secret = intent.client_secret ?? '';
    const seen = await browser.paymentIntents.retrieve(intent.id, { client_secret: secret });
    expect(seen).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
    expect(seen).not.toHaveProperty('latest_charge');
    const method = await browser.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2040 },
    });
    expect((await driver.confirmInBrowser(intent, method.id)).status).toBe('succeeded');
  });

  it('answers the preflight of a browser', async () => {
    const answer = await fetch(`${driver.double.url}/v1/payment_intents/x/confirm`, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:4000', 'access-control-request-method': 'POST' },
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  it('echoes the version asked for, else its own, and pins its own in events', async () => {
    const headers = { authorization: 'Bearer sk_test_any' };
    const own = await get(headers);
    expect(own.headers.get('stripe-version')).toBe('2026-10-28.endive');
    expect(own.headers.get('request-id')).toMatch(/^req_/);
    const asked = await get({ ...headers, 'stripe-version': '2024-06-20' });
    expect(asked.headers.get('stripe-version')).toBe('2024-06-20');
    expect((await get({ ...headers, 'stripe-version': 'latest' })).status).toBe(400);
    const old = clientOf(driver.double, driver.double.secretKey, '2025-01-27.acacia');
    await old.customers.create();
    expect((await old.events.list()).data[0]?.api_version).toBe('2026-10-28.endive');
  });

  it('runs in live mode when started so', async () => {
    const live = await startStripeDouble({ port: 0, webhooks: [], livemode: true, seed: 2 });
    const stripe = clientOf(live, live.secretKey);
    expect(live.secretKey).toMatch(/^sk_live_/);
    expect((await stripe.customers.create()).livemode).toBe(true);
    expect((await stripe.events.list()).data[0]?.livemode).toBe(true);
    expect((await refusal(Promise.resolve(clientOf(live, 'sk_test_x').customers.list()))).statusCode).toBe(
      401,
    );
    await live.close();
  });
});
