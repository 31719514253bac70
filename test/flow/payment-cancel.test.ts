import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeSweeper, type Sweeper } from '../support/payment-workers';
import { newShopper, type Shopper } from '../support/shopping';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let test: PaymentTest;
let shopper: Shopper;
let sweeper: Sweeper;

beforeAll(async () => {
  test = await startPaymentTest();
});
beforeEach(async () => {
  // Nobody else's payments are due.
  await test.admin.query(`update public.payments set created_at = created_at - interval '61 days'`);
  shopper = await newShopper(test);
  test.clock.shift = 0;
  sweeper = makeSweeper(test.as('tandem_reconcile', 2), test, () => Date.now() + test.clock.shift);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const statusOf = async (id: string) => (await paymentRows(test.admin, id)).payment?.status;

const calls = async (paymentId: string) =>
  (
    await test.admin.query<{ key: string; state: string }>(
      `select key, state from private.provider_calls
       where payment_id = $1 and operation <> 'create' order by created_at, key`,
      [paymentId],
    )
  ).rows;

describe.each(['stripe', 'paypal'] as const)('a %s payment', (provider) => {
  it('that nobody has paid is canceled, and stays so whatever its payer does', async () => {
    const { body } = await shopper.create(provider);
    const { id, provider_ref: ref } = body.payment;
    const { status, body: canceled } = await shopper.cancel(id);
    expect([status, canceled]).toEqual([
      200,
      { success: true, payment: expect.objectContaining({ id, status: 'canceled', captured_amount: 0 }) },
    ]);
    expect(await calls(id)).toEqual([{ key: `cancel:${id}:0`, state: 'succeeded' }]);
    const intent = test[provider].intents.get(ref);
    if (intent?.state === 'open') test[provider].payerAgrees(ref);
    expect((await shopper.confirm(provider, ref)).body.payment.status).toBe('canceled');
    test.clock.shift = 3 * MINUTE;
    await sweeper.sweep();
    expect(await statusOf(id)).toBe('canceled');
    expect(intent?.state).not.toBe('paid');
    expect(test[provider].callsOf('capture').filter((call) => call.ref === ref)).toEqual([]);
    const operator = await newShopper(test, 'admin');
    expect((await operator.refund(id)).body.code).toBe('payment_not_refundable');
  });

  it('that was paid is answered as it stands, and nobody is asked', async () => {
    const { id } = await shopper.bought(provider);
    const before = test[provider].calls.length;
    const { status, body } = await shopper.cancel(id);
    expect([status, body.payment.status]).toEqual([200, 'succeeded']);
    expect(test[provider].calls).toHaveLength(before);
    expect(await calls(id)).not.toContainEqual(expect.objectContaining({ key: `cancel:${id}:0` }));
  });

  it('is canceled once, however often and however many at once', async () => {
    const { body } = await shopper.create(provider);
    const { id, provider_ref: ref } = body.payment;
    const answers = await Promise.all(Array.from({ length: 8 }, () => shopper.cancel(id)));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.payment?.status}`))).toEqual(
      new Set(['200 canceled']),
    );
    const keys = test[provider].callsOf('cancel').filter((call) => call.ref === ref);
    expect(new Set(keys.map(({ key }) => key))).toEqual(new Set([`cancel:${id}:0`]));
    expect((await shopper.cancel(id)).body.payment.status).toBe('canceled');
  });

  it('is repeated byte for byte for one Idempotency-Key, which is no other payment’s', async () => {
    const { body } = await shopper.create(provider);
    const key = randomUUID();
    const first = await shopper.cancel(body.payment.id, key);
    expect((await shopper.cancel(body.payment.id, key)).text).toBe(first.text);
    const { body: other } = await shopper.create(provider);
    expect((await shopper.cancel(other.payment.id, key)).body.code).toBe('idempotency_key_reused');
  });

  it('is nobody else’s to cancel, not even an operator’s', async () => {
    const { body } = await shopper.create(provider);
    for (const stranger of [await newShopper(test), await newShopper(test, 'admin')]) {
      const answer = await stranger.cancel(body.payment.id);
      expect([answer.status, answer.body.code]).toEqual([404, 'payment_not_found']);
    }
    expect((await shopper.cancel(randomUUID())).body.code).toBe('payment_not_found');
  });

  it.each(['before', 'after'] as const)(
    'whose cancellation was lost %s it happened is settled by the sweep with the same key',
    async (when) => {
      const { body } = await shopper.create(provider);
      const { id, provider_ref: ref } = body.payment;
      test[provider].failNext('cancel', new AppError('provider_unavailable'), when);
      expect((await shopper.cancel(id)).status).toBe(503);
      test.clock.shift = 3 * MINUTE;
      await sweeper.sweep();
      expect(await statusOf(id)).toBe('canceled');
      const keys = test[provider].callsOf('cancel').filter((call) => call.ref === ref);
      expect(keys.map((call) => call.key)).toEqual([`cancel:${id}:0`, `cancel:${id}:0`]);
      expect(await calls(id)).toEqual([{ key: `cancel:${id}:0`, state: 'succeeded' }]);
    },
  );

  it('whose cancellation has a forgotten key is looked at first', async () => {
    const { body } = await shopper.create(provider);
    const { id, provider_ref: ref } = body.payment;
    test[provider].failNext('cancel', new AppError('provider_unavailable'));
    await shopper.cancel(id);
    test.clock.shift = 2 * DAY;
    const before = test[provider].calls.length;
    await sweeper.sweep();
    const since = test[provider].calls.slice(before).filter((call) => call.ref === ref);
    expect(since.map(({ operation, key }) => [operation, key])).toEqual([
      ['retrieve', null],
      ['cancel', `cancel:${id}:1`],
    ]);
    expect(await statusOf(id)).toBe('canceled');
  });

  it('and its payer at the same moment: the provider decides, and both are told the same', async () => {
    for (let round = 0; round < 25; round += 1) {
      const { id, ref } = await shopper.agreed(provider);
      if (provider === 'stripe' && round % 2 === 0) {
        const intent = test.stripe.intents.get(ref);
        if (intent !== undefined) intent.state = 'open';
      }
      const [canceled, confirmed] = await Promise.all([shopper.cancel(id), shopper.confirm(provider, ref)]);
      test.clock.shift = 3 * MINUTE;
      await sweeper.sweep();
      test.clock.shift = 0;
      const { payment, facts } = await paymentRows(test.admin, id);
      const isPaid = test[provider].intents.get(ref)?.state === 'paid';
      expect(payment?.status).toBe(isPaid ? 'succeeded' : 'canceled');
      expect(facts.filter(({ kind }) => kind === 'capture')).toHaveLength(isPaid ? 1 : 0);
      // Whoever was told anything final was told the truth.
      for (const { status, body } of [canceled, confirmed]) {
        const told = status === 200 ? body.payment.status : body.code;
        const open = ['requires_payment_method', 'payment_not_cancelable'];
        expect([payment?.status, ...open]).toContain(told);
      }
    }
  });
});

it('a payment that has not been started at its provider cannot be canceled yet', async () => {
  test.stripe.failNext('create', new AppError('provider_unavailable'));
  await shopper.create('stripe');
  const { body } = await shopper.history();
  const answer = await shopper.cancel(body.data[0].id);
  expect([answer.status, answer.body.code]).toEqual([409, 'payment_not_cancelable']);
});

it('a PayPal order whose capture is under way cannot be canceled', async () => {
  const { id, ref } = await shopper.agreed('paypal');
  test.paypal.failNext('capture', new AppError('provider_unavailable'));
  await shopper.confirm('paypal', ref);
  const answer = await shopper.cancel(id);
  expect([answer.status, answer.body.code]).toEqual([409, 'payment_not_cancelable']);
  test.clock.shift = 3 * MINUTE;
  await sweeper.sweep();
  expect((await shopper.cancel(id)).body.payment.status).toBe('succeeded');
});

it('a payment that Stripe neither cancels nor calls paid says so, and may be tried again', async () => {
  const { body } = await shopper.create('stripe');
  test.stripe.failNext('cancel', new AppError('payment_not_cancelable'));
  const refused = await shopper.cancel(body.payment.id);
  expect([refused.status, refused.body.code]).toEqual([409, 'payment_not_cancelable']);
  expect((await shopper.cancel(body.payment.id)).body.payment.status).toBe('canceled');
  expect((await calls(body.payment.id)).map(({ state }) => state)).toEqual(['failed', 'succeeded']);
});

describe('an intent that nobody pays', () => {
  it('is canceled at Stripe after 30 days, and no sooner', async () => {
    const { body } = await shopper.create('stripe');
    const { id, provider_ref: ref } = body.payment;
    test.clock.shift = 29 * DAY;
    await sweeper.sweep();
    expect(test.stripe.intents.get(ref)?.state).toBe('open');
    test.clock.shift = 31 * DAY;
    await sweeper.sweep();
    expect(test.stripe.intents.get(ref)?.state).toBe('canceled');
    expect(await statusOf(id)).toBe('canceled');
    const { rows } = await test.admin.query(
      `select request from private.provider_calls where payment_id = $1 and operation = 'cancel'`,
      [id],
    );
    expect(rows).toEqual([{ request: { reason: 'abandoned' } }]);
  });

  it('is left alone at PayPal, which gives it up by itself', async () => {
    const { body } = await shopper.create('paypal');
    test.clock.shift = 31 * DAY;
    await sweeper.sweep();
    expect(await statusOf(body.payment.id)).toBe('requires_action');
  });
});
