import Stripe from 'stripe';
import { refusal, type StripeDriver, startStripe } from './stripe-driver';

describe('test cards of the Stripe double', () => {
  let driver: StripeDriver;
  let stripe: Stripe;
  beforeAll(async () => {
    driver = await startStripe();
    stripe = driver.stripe;
  });
  beforeEach(() => driver.double.reset());
  afterAll(() => driver.close());

  const cardOf = (number: string): Promise<Stripe.PaymentMethod> =>
    stripe.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
    });

  it.each([
    ['pm_card_visa', 'visa', '4242'],
    ['pm_card_mastercard', 'mastercard', '4444'],
    ['pm_card_amex', 'amex', '0005'],
  ])('%s pays', async (method, brand, last4) => {
    const intent = await driver.pay(method, { expand: ['latest_charge', 'payment_method'] });
    expect(intent).toMatchObject({
      status: 'succeeded',
      payment_method: { id: expect.stringMatching(/^pm_\w{24}$/), card: { brand, last4 } },
      latest_charge: { payment_method_details: { card: { brand, last4 } } },
    });
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_radarBlock', 'card_declined', 'fraudulent'],
  ])('%s is refused with %s / %s', async (method, code, declineCode) => {
    const error = await refusal(driver.pay(method));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode });
    const { payment_intent: intent, charge } = error as Stripe.errors.StripeCardError;
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code, decline_code: declineCode, type: 'card_error' },
      latest_charge: charge,
    });
    expect(await stripe.charges.retrieve(charge ?? '')).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      failure_code: code,
    });
    expect(await driver.eventTypes()).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
    expect(driver.double.ledger()).toEqual([]);
  });

  it('pays with another card after a refusal', async () => {
    const { payment_intent: intent } = (await refusal(
      driver.pay('pm_card_chargeDeclined'),
    )) as Stripe.errors.StripeCardError;
    const paid = await stripe.paymentIntents.confirm(intent?.id ?? '', { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
    expect((await stripe.charges.list({ payment_intent: paid.id })).data.map((one) => one.status)).toEqual([
      'succeeded',
      'failed',
    ]);
  });

  it.each([
    ['4242 4242 4242 4242', 'succeeded'],
    ['4000002760003184', 'requires_action'],
    ['4000000000003220', 'requires_action'],
  ])('typed number %s ends in %s', async (number, status) => {
    const method = await cardOf(number);
    expect((await driver.pay(method.id)).status).toBe(status);
  });

  it.each([
    ['4000000000009995', 'insufficient_funds'],
    ['4000000000000002', 'generic_decline'],
  ])('typed number %s is refused with %s', async (number, declineCode) => {
    const method = await cardOf(number);
    expect(await refusal(driver.pay(method.id))).toMatchObject({ decline_code: declineCode });
  });

  it('refuses numbers that are no test cards and dates in the past', async () => {
    expect(await refusal(cardOf('4000000000000999'))).toMatchObject({
      statusCode: 402,
      code: 'incorrect_number',
    });
    const past = stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 1, exp_year: 2001 },
    });
    expect(await refusal(past)).toMatchObject({ code: 'invalid_expiry_year' });
    const month = stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 13, exp_year: 2040 },
    });
    expect(await refusal(month)).toMatchObject({ code: 'invalid_expiry_month' });
    const token = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    expect(token.card).toMatchObject({ last4: '4242' });
  });

  it('saves cards on customers and charges them off session', async () => {
    const customer = await stripe.customers.create({ email: 'a@example.com' });
    const attached = await stripe.paymentMethods.attach('pm_card_authenticationRequiredOnSetup', {
      customer: customer.id,
    });
    const paid = await driver.pay(attached.id, { customer: customer.id, off_session: true });
    expect(paid.status).toBe('succeeded');
    expect((await stripe.customers.listPaymentMethods(customer.id)).data.map((one) => one.id)).toEqual([
      attached.id,
    ]);
    expect(await refusal(driver.pay(attached.id))).toMatchObject({
      param: 'payment_method',
      statusCode: 400,
    });

    const strict = await stripe.paymentMethods.attach('pm_card_authenticationRequired', {
      customer: customer.id,
    });
    expect(await refusal(driver.pay(strict.id, { customer: customer.id, off_session: true }))).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
    });
    expect(
      await refusal(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id })),
    ).toMatchObject({
      code: 'card_declined',
    });
    await stripe.paymentMethods.detach(attached.id);
    expect(await driver.eventTypes()).toEqual(
      expect.arrayContaining(['payment_method.attached', 'payment_method.detached']),
    );
  });

  it('saves a card by paying with it', async () => {
    const customer = await stripe.customers.create();
    const paid = await driver.pay('pm_card_visa', {
      customer: customer.id,
      setup_future_usage: 'off_session',
    });
    expect(await stripe.paymentMethods.retrieve(String(paid.payment_method))).toMatchObject({
      customer: customer.id,
    });
  });
});
