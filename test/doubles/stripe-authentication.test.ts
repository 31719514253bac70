import type Stripe from 'stripe';
import { type StripeDriver, startStripe } from './stripe-driver';

describe('3-D Secure in the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
  });
  beforeEach(() => driver.double.reset());
  afterAll(() => driver.close());

  const authenticate = (id: string, outcome: 'succeed' | 'fail') =>
    driver.control('POST', `/stripe/payment_intents/${id}/authenticate`, { outcome });

  it('asks stripe.js to act, then goes on to the charge', async () => {
    const created = await stripe.paymentIntents.create({ amount: 900, currency: 'eur' });
    const waiting = await driver.confirmInBrowser(created, 'pm_card_threeDSecure2Required');
    expect(waiting).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'use_stripe_sdk',
        use_stripe_sdk: { stripe_js: expect.stringContaining('/3ds/') },
      },
    });
    expect((await authenticate(created.id, 'succeed')).body).toMatchObject({ status: 'succeeded' });
    expect(await driver.eventTypes()).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
    expect((await authenticate(created.id, 'succeed')).status).toBe(409);
    expect((await authenticate('pi_none', 'succeed')).status).toBe(404);
  });

  it('goes back to requires_payment_method when the customer fails', async () => {
    const waiting = await driver.pay('pm_card_authenticationRequired');
    await authenticate(waiting.id, 'fail');
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      next_action: null,
      last_payment_error: { code: 'payment_intent_authentication_failure', type: 'invalid_request_error' },
    });
    expect((await driver.eventTypes()).at(-1)).toBe('payment_intent.payment_failed');
  });

  it('shows the refusal of the bank after a good authentication in the intent', async () => {
    const waiting = await driver.pay('pm_card_threeDSecureRequiredChargeDeclined');
    await authenticate(waiting.id, 'succeed');
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined' },
    });
  });

  it('offers a page that a person can click, and sends them back', async () => {
    const waiting = await driver.pay('pm_card_authenticationRequired', {
      return_url: 'https://shop.example/done?x=1',
    });
    const url = waiting.next_action?.redirect_to_url?.url ?? '';
    const html = await (await fetch(url)).text();
    expect(html).toContain('$19.99');
    expect(html).toContain('Complete authentication');
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.origin + back.pathname).toBe('https://shop.example/done');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      x: '1',
      payment_intent: waiting.id,
      payment_intent_client_secret: waiting.client_secret,
      redirect_status: 'succeeded',
    });
    expect((await fetch(url, { method: 'POST' })).status).toBe(409);
    expect((await fetch(url.replace('client_secret=', 'client_secret=x'))).status).toBe(404);
    expect(await (await fetch(url)).text()).toContain('This payment is succeeded');
  });

  it('refuses instead of asking when told to', async () => {
    await expect(
      driver.pay('pm_card_authenticationRequired', { error_on_requires_action: true }),
    ).rejects.toMatchObject({ code: 'authentication_required', statusCode: 402 });
  });
});
