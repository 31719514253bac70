import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { makeBreakable } from '../support/breakable-database';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeSweeper, type Sweeper } from '../support/payment-workers';
import { endOpenPayments } from '../support/put-in-status';
import { newShopper, type Shopper } from '../support/shopping';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const connection = makeBreakable();
let test: PaymentTest;
let shopper: Shopper;
let later = 0;
let sweeper: Sweeper;

beforeAll(async () => {
  test = await startPaymentTest({ wrap: connection.wrap });
});
beforeEach(async () => {
  connection.revive();
  // Nobody else's payments are due.
  await endOpenPayments(test.admin);
  await test.admin.query(`update public.payments set created_at = created_at - interval '61 days'`);
  shopper = await newShopper(test);
  later = 3 * MINUTE;
  sweeper = makeSweeper(test.as('tandem_reconcile', 2), test, () => Date.now() + later);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const statusOf = async (id: string) => (await paymentRows(test.admin, id)).payment?.status;
const openPayments = async () => (await sweeper.sweep()).sweepOpenPayments;

describe('with every webhook lost', () => {
  it.each(['stripe', 'paypal'] as const)('a %s payment that was agreed to is settled', async (provider) => {
    const { id, ref } = await shopper.agreed(provider);
    expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    expect(await paymentRows(test.admin, id)).toMatchObject({
      payment: { status: 'succeeded', captured_minor: '1999' },
      ledger: { length: 2 },
    });
    expect(test[provider].intents.get(ref)?.state).toBe('paid');
    // The user who comes back finds it done, and nobody is asked again.
    const before = test[provider].calls.length;
    expect((await shopper.confirm(provider, ref)).body.payment.status).toBe('succeeded');
    expect(test[provider].calls).toHaveLength(before);
  });

  it('a payment that nobody pays stays open and is asked about ever more rarely', async () => {
    const { body } = await shopper.create('stripe');
    let looks = 0;
    for (later = 0; later < 3 * HOUR; later += 5 * MINUTE) looks += (await openPayments())?.looked ?? 0;
    expect(looks).toBe(6);
    expect(await statusOf(body.payment.id)).toBe('requires_payment_method');
    // Hearing the same again is no news: the inbox does not grow with it.
    const { rows } = await test.admin.query('select from private.inbox where payment_id = $1', [
      body.payment.id,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('a canceled intent ends', async () => {
    const { body } = await shopper.create('stripe');
    const intent = test.stripe.intents.get(body.payment_intent_id);
    if (intent !== undefined) intent.state = 'canceled';
    await openPayments();
    expect(await statusOf(body.payment.id)).toBe('canceled');
    expect(await openPayments()).toEqual({ looked: 0, failed: 0 });
  });

  it('an order that PayPal has forgotten expires; an intent that Stripe has lost is a fault', async () => {
    const { body: order } = await shopper.create('paypal');
    test.paypal.intents.delete(order.order_id);
    const { body: intent } = await shopper.create('stripe');
    test.stripe.intents.delete(intent.payment_intent_id);
    expect(await openPayments()).toEqual({ looked: 2, failed: 1 });
    expect(await statusOf(order.payment.id)).toBe('expired');
    expect(await statusOf(intent.payment.id)).toBe('requires_payment_method');
    expect(sweeper.failures).toEqual([
      {
        task: 'open-payment',
        id: intent.payment.id,
        error: expect.objectContaining({ code: 'provider_rejected' }),
      },
    ]);
  });
});

describe('an approved PayPal order', () => {
  it('is captured with the key that the confirmation would have used', async () => {
    const { id, ref } = await shopper.agreed('paypal');
    await openPayments();
    const keys = test.paypal.callsOf('capture').filter((call) => call.ref === ref);
    expect(keys.map(({ key }) => key)).toEqual([`capture:${id}:0`]);
  });

  it('that cannot be captured is told, and tried again later', async () => {
    const { id } = await shopper.agreed('paypal');
    test.paypal.failNext('capture', new AppError('provider_rejected'));
    expect(await openPayments()).toEqual({ looked: 1, failed: 1 });
    expect(await statusOf(id)).toBe('requires_action');
    later += 6 * MINUTE;
    expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    expect(await statusOf(id)).toBe('succeeded');
  });

  it('that was declined is taken at the word of its payer alone, who may have paid otherwise since', async () => {
    const { id, ref } = await shopper.agreed('paypal');
    test.paypal.failNext('capture', new AppError('payment_declined'));
    expect((await shopper.confirm('paypal', ref)).status).toBe(402);
    for (const minutes of [0, 6, 12]) {
      later += minutes * MINUTE;
      expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    }
    expect(test.paypal.callsOf('capture').filter((call) => call.ref === ref)).toHaveLength(1);
    expect(await statusOf(id)).toBe('requires_confirmation');
    expect((await shopper.confirm('paypal', ref)).body.payment.status).toBe('succeeded');
  });

  it('that was captured while its answer was lost is captured once', async () => {
    const { id, ref } = await shopper.agreed('paypal');
    test.paypal.failNext('capture', new AppError('provider_unavailable'), 'after');
    expect((await shopper.confirm('paypal', ref)).status).toBe(503);
    expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    expect(await statusOf(id)).toBe('succeeded');
    expect((await paymentRows(test.admin, id)).ledger).toHaveLength(2);
  });
});

/** Where a process can die while it starts a payment. */
const deaths = [
  ['as soon as it had written it', 'insert into public.payments', 'after'],
  ['before the answer was written', 'insert into private.inbox', 'before'],
  ['when the answer was written', 'insert into private.inbox', 'after'],
  ['before the answer was kept', `set state = 'done'`, 'before'],
] as const;

describe.each(deaths)('a creation that died %s', (_, marker, when) => {
  it.each(['stripe', 'paypal'] as const)('goes on at %s with the same key', async (provider) => {
    connection.dieAt(marker, when);
    const lost = await shopper.create(provider, {}, randomUUID());
    expect([lost.status, lost.body.code]).toEqual([503, 'database_unavailable']);
    connection.revive();
    expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    const { body } = await shopper.history();
    const [payment] = body.data;
    expect(body.data).toHaveLength(1);
    const intents = [...test[provider].intents.values()].filter((one) => one.paymentId === payment.id);
    expect(intents.map(({ ref }) => ref)).toEqual([payment.provider_ref]);
    const keys = test[provider].callsOf('create').map(({ key }) => key);
    expect(new Set(keys.filter((key) => key?.includes(payment.id)))).toEqual(
      new Set([`create:${payment.id}`]),
    );
    const { rows } = await test.admin.query(
      'select state from private.provider_calls where payment_id = $1',
      [payment.id],
    );
    expect(rows).toEqual([{ state: 'succeeded' }]);
  });
});

describe('a creation whose outcome nobody knows', () => {
  const loseCreation = async (provider: 'stripe' | 'paypal'): Promise<string> => {
    test[provider].failNext('create', new AppError('provider_unavailable'), 'before');
    await shopper.create(provider);
    const { body } = await shopper.history();
    return body.data[0].id;
  };

  it.each([
    ['stripe', 19 * HOUR, 'requires_payment_method'],
    ['stripe', 21 * HOUR, 'expired'],
    ['paypal', 4 * HOUR, 'requires_action'],
    ['paypal', 6 * HOUR, 'expired'],
  ] as const)('at %s is repeated after %i ms only while its key lives: %s', async (provider, age, status) => {
    const id = await loseCreation(provider);
    later = age;
    const before = test[provider].callsOf('create').length;
    expect(await openPayments()).toEqual({ looked: 1, failed: 0 });
    expect(await statusOf(id)).toBe(status);
    expect(test[provider].callsOf('create')).toHaveLength(before + (status === 'expired' ? 0 : 1));
  });

  it('fails when the provider then refuses it for good', async () => {
    const id = await loseCreation('stripe');
    test.stripe.failNext('create', new AppError('provider_rejected'));
    expect(await openPayments()).toEqual({ looked: 1, failed: 1 });
    expect(await statusOf(id)).toBe('failed');
  });

  it('that expired comes back to life when the provider did make it, and it was paid', async () => {
    const id = await loseCreation('stripe');
    later = 21 * HOUR;
    await openPayments();
    const request = {
      key: 'x',
      paymentId: id,
      userId: '',
      amountMinor: 1999n,
      currency: 'USD',
      description: '',
    };
    const { observation } = await test.stripe.create(request);
    const ref = observation.providerRef ?? '';
    test.stripe.payerAgrees(ref);
    await test.admin.query('update public.payments set provider_ref = $2 where id = $1', [id, ref]);
    expect((await shopper.confirm('stripe', ref)).body.payment.status).toBe('succeeded');
  });
});

describe('a sweep', () => {
  it('goes on after a failure, and says what failed', async () => {
    const purchases = [
      await shopper.agreed('stripe'),
      await shopper.agreed('stripe'),
      await shopper.agreed('paypal'),
    ];
    test.stripe.failNext('retrieve', new AppError('provider_unavailable'));
    expect(await openPayments()).toEqual({ looked: 3, failed: 1 });
    expect(sweeper.failures).toHaveLength(1);
    later += 6 * MINUTE;
    // The one that failed, and the Stripe payment whose fee is not known yet.
    expect(await openPayments()).toEqual({ looked: 2, failed: 0 });
    for (const { id } of purchases) expect(await statusOf(id)).toBe('succeeded');
  });

  it('beside others looks at each payment once', async () => {
    const purchases = await Promise.all(Array.from({ length: 12 }, () => shopper.agreed('stripe')));
    const before = test.stripe.callsOf('retrieve').length;
    const counts = await Promise.all(Array.from({ length: 4 }, openPayments));
    expect(counts.reduce((total, count) => total + (count?.looked ?? 0), 0)).toBe(12);
    expect(test.stripe.callsOf('retrieve')).toHaveLength(before + 12);
    for (const { id } of purchases) expect(await statusOf(id)).toBe('succeeded');
  });

  it('leaves payments alone that are being made right now', async () => {
    await shopper.agreed('stripe');
    later = 0;
    expect(await openPayments()).toEqual({ looked: 0, failed: 0 });
  });
});
