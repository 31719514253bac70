import { AppError } from '#shared/errors/app-error';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { newShopper, type Shopper } from '../support/shopping';

let test: PaymentTest;
let shopper: Shopper;

beforeAll(async () => {
  test = await startPaymentTest();
});
beforeEach(async () => {
  shopper = await newShopper(test);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const captureCalls = async (paymentId: string) =>
  (
    await test.admin.query(
      `select key, state, attempts, error_code from private.provider_calls
       where payment_id = $1 and operation = 'capture' order by key`,
      [paymentId],
    )
  ).rows;

describe.each(['stripe', 'paypal'] as const)('confirm-%s', (provider) => {
  it('settles what the payer agreed to, and says so as the history does', async () => {
    const { id, ref } = await shopper.agreed(provider);
    const { status, body } = await shopper.confirm(provider, ref);
    expect([status, body]).toEqual([
      200,
      {
        success: true,
        payment: expect.objectContaining({
          id,
          provider_ref: ref,
          status: 'succeeded',
          amount: 1999,
          captured_amount: 1999,
          refunded_amount: 0,
        }),
      },
    ]);
    expect((await shopper.history(`/${id}`)).body.payment).toEqual(body.payment);
    expect((await paymentRows(test.admin, id)).ledger).toHaveLength(2);
  });

  it('asks the provider nothing about a payment that is settled', async () => {
    const { ref } = await shopper.bought(provider);
    const before = test[provider].calls.length;
    const again = await shopper.confirm(provider, ref);
    expect([again.status, again.body.payment.status]).toEqual([200, 'succeeded']);
    expect(test[provider].calls).toHaveLength(before);
  });

  it('shows a stranger’s payment to nobody: the answer is the same as for none', async () => {
    const { id, ref } = await shopper.agreed(provider);
    const stranger = await newShopper(test);
    const before = test[provider].calls.length;
    const foreign = await stranger.confirm(provider, ref);
    const absent = await stranger.confirm(provider, provider === 'stripe' ? 'pi_nothing' : 'NOTHING');
    expect([foreign.status, foreign.body.code]).toEqual([404, 'payment_not_found']);
    expect(foreign.text).toBe(absent.text);
    // The one call more in the caller's own count is no difference between the two.
    const { ratelimit: _, ...alike } = absent.headers;
    expect(foreign.headers).toMatchObject(alike);
    expect(Object.keys(foreign.headers)).toEqual(Object.keys(absent.headers));
    expect(test[provider].calls).toHaveLength(before);
    expect(await paymentRows(test.admin, id)).toMatchObject({ facts: [] });
  });

  it('does not find the other provider’s payments', async () => {
    const other = provider === 'stripe' ? 'paypal' : 'stripe';
    const { id, ref } = await shopper.agreed(other);
    await test.admin.query(`update public.payments set provider_ref = $2 where id = $1`, [
      id,
      provider === 'stripe' ? `pi_${ref}` : ref.replaceAll('_', '').toUpperCase(),
    ]);
    const answer = await shopper.confirm(
      provider,
      provider === 'stripe' ? `pi_${ref}` : ref.replaceAll('_', '').toUpperCase(),
    );
    expect(answer.body.code).toBe('payment_not_found');
  });

  it.each([
    ['', 'request_invalid'],
    ['x'.repeat(300), 'request_invalid'],
    ["' or 1=1 --", 'request_invalid'],
    ['../../orders', 'request_invalid'],
  ])('refuses the id %j', async (ref, code) => {
    const answer = await shopper.confirm(provider, ref);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  it('takes no amount and no payment id from the client', async () => {
    const { ref } = await shopper.agreed(provider);
    const body = provider === 'stripe' ? { payment_intent_id: ref } : { order_id: ref };
    const path = `/api/payments/confirm-${provider}`;
    for (const more of [{ amount: 1 }, { payment_id: 'x' }, { status: 'succeeded' }, { user_id: 'x' }]) {
      const answer = await test.send({ path, body: { ...body, ...more }, headers: shopper.headers });
      expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
    }
  });

  it('reports another amount than was asked for as a mismatch, keeps no money and asks for a look', async () => {
    const { id, ref } = await shopper.agreed(provider);
    const intent = test[provider].intents.get(ref);
    if (intent === undefined) throw new Error('was just made');
    test[provider].intents.set(ref, { ...intent, amountMinor: 1n });
    const answer = await shopper.confirm(provider, ref);
    expect([answer.status, answer.body.code]).toEqual([409, 'payment_mismatch']);
    expect(await paymentRows(test.admin, id)).toMatchObject({
      payment: { captured_minor: '0', review_reason: 'other_amount' },
      facts: [],
    });
  });

  it('reports another payment of ours behind the id as a mismatch', async () => {
    const { id, ref } = await shopper.agreed(provider);
    const other = await shopper.agreed(provider);
    const intent = test[provider].intents.get(ref);
    if (intent === undefined) throw new Error('was just made');
    test[provider].intents.set(ref, { ...intent, paymentId: other.id });
    const answer = await shopper.confirm(provider, ref);
    expect([answer.status, answer.body.code]).toEqual([409, 'payment_mismatch']);
    for (const one of [id, other.id]) {
      expect((await paymentRows(test.admin, one)).payment).toMatchObject({ captured_minor: '0' });
    }
  });
});

describe('confirm-stripe', () => {
  it('shows how an unpaid intent stands', async () => {
    const { body } = await shopper.create('stripe');
    const answer = await shopper.confirm('stripe', body.payment_intent_id);
    expect([answer.status, answer.body.payment.status]).toEqual([200, 'requires_payment_method']);
  });

  it('of an intent that did not change writes nothing, however often it is asked', async () => {
    const { body } = await shopper.create('stripe');
    for (let n = 0; n < 5; n += 1) await shopper.confirm('stripe', body.payment_intent_id);
    const { rows } = await test.admin.query('select source from private.inbox where payment_id = $1', [
      body.payment.id,
    ]);
    expect(rows).toEqual([{ source: 'create' }]);
  });

  it('shows a canceled intent as canceled', async () => {
    const { body } = await shopper.create('stripe');
    const intent = test.stripe.intents.get(body.payment_intent_id);
    if (intent !== undefined) intent.state = 'canceled';
    const answer = await shopper.confirm('stripe', body.payment_intent_id);
    expect([answer.status, answer.body.payment.status]).toEqual([200, 'canceled']);
  });

  it('passes on that Stripe is down', async () => {
    const { ref } = await shopper.agreed('stripe');
    test.stripe.failNext('retrieve', new AppError('provider_unavailable'));
    const answer = await shopper.confirm('stripe', ref);
    expect([answer.status, answer.body.code]).toEqual([503, 'provider_unavailable']);
    expect((await shopper.confirm('stripe', ref)).body.payment.status).toBe('succeeded');
  });
});

describe('confirm-paypal', () => {
  it('waits for the payer, then captures with a call of its own', async () => {
    const { body } = await shopper.create('paypal');
    const { id } = body.payment;
    const early = await shopper.confirm('paypal', body.order_id);
    expect([early.status, early.body.code]).toEqual([409, 'payment_not_approved']);
    expect(await captureCalls(id)).toEqual([
      { key: `capture:${id}:0`, state: 'failed', attempts: 1, error_code: 'payment_not_approved' },
    ]);
    test.paypal.payerAgrees(body.order_id);
    expect((await shopper.confirm('paypal', body.order_id)).body.payment.status).toBe('succeeded');
    expect(await captureCalls(id)).toEqual([
      { key: `capture:${id}:0`, state: 'failed', attempts: 1, error_code: 'payment_not_approved' },
      { key: `capture:${id}:1`, state: 'succeeded', attempts: 1, error_code: null },
    ]);
  });

  it('passes a decline on, and makes a new call once the payer agreed to another means', async () => {
    const { id, ref } = await shopper.agreed('paypal');
    test.paypal.failNext('capture', new AppError('payment_declined'));
    const declined = await shopper.confirm('paypal', ref);
    expect([declined.status, declined.body.code]).toEqual([402, 'payment_declined']);
    expect((await shopper.confirm('paypal', ref)).body.payment.status).toBe('succeeded');
    expect((await captureCalls(id)).map((call) => Object.values(call as object).slice(0, 2))).toEqual([
      [`capture:${id}:0`, 'failed'],
      [`capture:${id}:1`, 'succeeded'],
    ]);
  });

  it.each(['before', 'after'] as const)(
    'when PayPal is lost %s it captured, notes that nobody knows and repeats with the same key',
    async (when) => {
      const { id, ref } = await shopper.agreed('paypal');
      test.paypal.failNext('capture', new AppError('provider_unavailable'), when);
      const lost = await shopper.confirm('paypal', ref);
      expect([lost.status, lost.body.code]).toEqual([503, 'provider_unavailable']);
      expect(await captureCalls(id)).toMatchObject([
        { key: `capture:${id}:0`, state: 'unknown', attempts: 1 },
      ]);
      expect((await shopper.confirm('paypal', ref)).body.payment.status).toBe('succeeded');
      expect(await captureCalls(id)).toMatchObject([
        { key: `capture:${id}:0`, state: 'succeeded', attempts: 2 },
      ]);
      const keys = test.paypal.callsOf('capture').filter((call) => call.ref === ref);
      expect(new Set(keys.map(({ key }) => key)).size).toBe(1);
    },
  );

  it('captures once for many clicks at once, and answers all alike', async () => {
    const { id, ref } = await shopper.agreed('paypal');
    const answers = await Promise.all(Array.from({ length: 10 }, () => shopper.confirm('paypal', ref)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const keys = test.paypal.callsOf('capture').filter((call) => call.ref === ref);
    expect(new Set(keys.map(({ key }) => key))).toEqual(new Set([`capture:${id}:0`]));
    expect((await paymentRows(test.admin, id)).ledger).toHaveLength(2);
  });
});
