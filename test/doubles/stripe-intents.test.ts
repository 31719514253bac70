import Stripe from 'stripe';
import { clientOf, refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('payment intents of the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
  });
  beforeEach(() => driver.double.reset());
  afterAll(() => driver.close());

  it('goes from created through the browser to succeeded, with the fee a moment later', async () => {
    const created = await stripe.paymentIntents.create({
      amount: 1999,
      currency: 'usd',
      automatic_payment_methods: { enabled: true },
      metadata: { payment_id: 'p-1' },
    });
    expect(created).toMatchObject({
      status: 'requires_payment_method',
      capture_method: 'automatic_async',
      amount_received: 0,
      latest_charge: null,
      livemode: false,
    });
    expect(created.client_secret).toMatch(new RegExp(`^${created.id}_secret_\\w{25}$`));

    const confirmed = await driver.confirmInBrowser(created, 'pm_card_visa');
    expect(confirmed).toMatchObject({ id: created.id, status: 'succeeded' });
    expect(confirmed).not.toHaveProperty('metadata');

    const paid = await stripe.paymentIntents.retrieve(created.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 1999,
      latest_charge: {
        status: 'succeeded',
        captured: true,
        paid: true,
        amount_captured: 1999,
        balance_transaction: null,
        metadata: { payment_id: 'p-1' },
        payment_method_details: { card: { brand: 'visa', last4: '4242' } },
      },
    });
    driver.double.clock.advance(1_000);
    const settled = await stripe.paymentIntents.retrieve(created.id, {
      expand: ['latest_charge.balance_transaction'],
    });
    expect(settled.latest_charge).toMatchObject({
      balance_transaction: { amount: 1999, fee: 88, net: 1911, type: 'charge', status: 'pending' },
    });
    expect(await driver.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.updated',
    ]);
  });

  it('books the fee at once for capture_method automatic', async () => {
    const intent = await driver.pay('pm_card_mastercard', {
      capture_method: 'automatic',
      expand: ['latest_charge.balance_transaction'],
    });
    expect(intent.latest_charge).toMatchObject({ balance_transaction: { fee: 88, net: 1911 } });
  });

  it('holds money for manual capture, captures a part and releases the rest', async () => {
    const held = await driver.pay('pm_card_visa', { capture_method: 'manual' });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1999, amount_received: 0 });
    expect(driver.double.ledger()).toEqual([]);

    const tooMuch = await refusal(stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });

    const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1500 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 1500, amount_capturable: 0 });
    expect(driver.double.ledger()).toMatchObject([{ kind: 'charge', amount: 1500, fee: 74 }]);
    expect(await driver.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
    const again = await refusal(stripe.paymentIntents.capture(held.id));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });

  it('lets an authorization lapse after seven days', async () => {
    const held = await driver.pay('pm_card_visa', { capture_method: 'manual' });
    driver.double.clock.advance(7 * 86_400_000);
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect(await driver.eventTypes()).toEqual(
      expect.arrayContaining(['charge.expired', 'payment_intent.canceled']),
    );
  });

  it('cancels what is open and nothing else', async () => {
    const open = await stripe.paymentIntents.create({ amount: 500, currency: 'eur' });
    const canceled = await stripe.paymentIntents.cancel(open.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(canceled.canceled_at).toBeGreaterThan(0);
    const twice = await refusal(stripe.paymentIntents.cancel(open.id));
    expect(twice).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      message: expect.stringContaining(
        'You cannot cancel this PaymentIntent because it has a status of canceled.',
      ),
    });
    const paid = await driver.pay('pm_card_visa');
    expect((await refusal(stripe.paymentIntents.cancel(paid.id))).code).toBe(
      'payment_intent_unexpected_state',
    );
    expect((await refusal(stripe.paymentIntents.confirm(paid.id))).message).toBe(
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  });

  it('updates amount, metadata and method while open, without any event', async () => {
    const open = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'eur',
      metadata: { a: '1', b: '2' },
    });
    const updated = await stripe.paymentIntents.update(open.id, {
      amount: 700,
      metadata: { a: '', c: '3' },
      payment_method: 'pm_card_visa',
    });
    expect(updated).toMatchObject({
      amount: 700,
      status: 'requires_confirmation',
      metadata: { b: '2', c: '3' },
    });
    expect(updated.metadata).not.toHaveProperty('a');
    expect(await driver.eventTypes()).toEqual(['payment_intent.created']);
    const paid = await driver.pay('pm_card_visa');
    const late = await refusal(stripe.paymentIntents.update(paid.id, { amount: 700 }));
    expect(late.code).toBe('payment_intent_unexpected_state');
  });

  it('settles a bank debit days later, or fails it', async () => {
    const terms = { allowed_payment_method_types: ['us_bank_account' as const] };
    const good = await driver.pay('pm_usBankAccount_success', terms);
    const bad = await driver.pay('pm_usBankAccount_insufficientFunds', terms);
    const stuck = await driver.pay('pm_usBankAccount_processing', terms);
    expect([good.status, bad.status, stuck.status]).toEqual(['processing', 'processing', 'processing']);
    driver.double.clock.advance(86_400_000);
    expect((await stripe.paymentIntents.retrieve(good.id)).status).toBe('succeeded');
    expect(await stripe.paymentIntents.retrieve(bad.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'insufficient_funds' },
    });
    expect((await stripe.paymentIntents.retrieve(stuck.id)).status).toBe('processing');
    await driver.control('POST', `/stripe/payment_intents/${stuck.id}/settle`);
    expect((await stripe.paymentIntents.retrieve(stuck.id)).status).toBe('succeeded');
  });

  it('wants a return_url where methods may redirect and the server confirms', async () => {
    const create = { amount: 500, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
    expect((await refusal(stripe.paymentIntents.create(create))).message).toContain('return_url');
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    const never = { enabled: true, allow_redirects: 'never' as const };
    const ok = await stripe.paymentIntents.create({ ...create, automatic_payment_methods: never });
    expect(ok.status).toBe('succeeded');
    const back = await stripe.paymentIntents.create({ ...create, return_url: 'https://shop.example' });
    expect(back.status).toBe('succeeded');
  });

  it('takes payment_method_types from old API versions only', async () => {
    const old = clientOf(driver.double, driver.double.secretKey, '2026-08-26.dahlia');
    const create = {
      amount: 500,
      currency: 'usd',
      payment_method_types: ['card'],
    } as Stripe.PaymentIntentCreateParams;
    expect(await old.paymentIntents.create(create)).toMatchObject({
      payment_method_types: ['card'],
      automatic_payment_methods: null,
    });
    expect(await refusal(stripe.paymentIntents.create(create))).toMatchObject({
      statusCode: 400,
      code: 'payment_method_types_no_longer_supported',
    });
    const excluding = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      excluded_payment_method_types: ['us_bank_account'],
    });
    expect(excluding.payment_method_types).toEqual(['card', 'link']);
  });

  it.each([
    [{ amount: 1.5, currency: 'usd' }, 'amount', 'parameter_invalid_integer'],
    [{ amount: -5, currency: 'usd' }, 'amount', 'parameter_invalid_integer'],
    [{ amount: 49, currency: 'usd' }, 'amount', 'amount_too_small'],
    [{ amount: 100_000_000, currency: 'usd' }, 'amount', 'amount_too_large'],
    [{ amount: 150, currency: 'isk' }, 'amount', 'invalid_charge_amount_no_decimal_compatible'],
    [{ amount: 150, currency: 'ugx' }, 'amount', 'parameter_invalid_integer'],
    [{ amount: 1001, currency: 'kwd' }, 'amount', 'parameter_invalid_integer'],
    [{ currency: 'usd' }, 'amount', 'parameter_missing'],
    [{ amount: 500 }, 'currency', 'parameter_missing'],
    [{ amount: 500, currency: 'xxx' }, 'currency', undefined],
    [{ amount: 500, currency: 'usd', color: 'red' }, 'color', 'parameter_unknown'],
    [{ amount: 500, currency: 'usd', customer: 'cus_none' }, 'customer', 'resource_missing'],
    [{ amount: 500, currency: 'usd', payment_method: 'pm_none' }, 'payment_method', 'resource_missing'],
    [{ amount: 500, currency: 'usd', capture_method: 'later' }, 'capture_method', undefined],
    [{ amount: 500, currency: 'usd', metadata: { ['k'.repeat(41)]: 'v' } }, 'metadata', undefined],
    [{ amount: 500, currency: 'usd', metadata: { k: 'v'.repeat(501) } }, 'metadata[k]', undefined],
  ])('refuses %j naming %s', async (params, param, code) => {
    const error = await refusal(
      stripe.paymentIntents.create(params as unknown as Stripe.PaymentIntentCreateParams),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect([error.statusCode, error.param, error.code]).toEqual([400, param, code]);
  });

  it('charges zero-decimal currencies in whole units', async () => {
    const intent = await driver.pay('pm_card_visa', { amount: 500, currency: 'jpy' });
    expect(driver.double.ledger()).toMatchObject([
      { amount: 500, currency: 'jpy', objects: { payment_intent: intent.id } },
    ]);
  });

  it('answers 404 for what is not there, naming it', async () => {
    expect(await refusal(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      message: "No such payment_intent: 'pi_none'",
      param: 'intent',
    });
  });
});
