import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import { reconcile } from '../../services/payment/use-cases/reconcile';
import { paymentRows } from '../support/payment-rows';
import { expectSoundBooks, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeSweeper, type Sweeper } from '../support/payment-workers';
import { stripeReport } from '../support/reports';
import { newShopper, type Shopper } from '../support/shopping';
import { stripeStory } from '../support/stripe-objects';

/** Cases in which money was lost or doubled in review: forgotten keys, refunds that come back, prices that change. */
const HOUR = 3_600_000;

let test: PaymentTest;
let shopper: Shopper;
let operator: Shopper;
let sweeper: Sweeper;

beforeAll(async () => {
  test = await startPaymentTest({ providersCheck: false });
});
beforeEach(async () => {
  // Nobody else's payments are due.
  await test.admin.query(`update public.payments set created_at = created_at - interval '61 days'`);
  shopper = await newShopper(test);
  operator = await newShopper(test, 'admin');
  test.clock.shift = 0;
  sweeper = makeSweeper(test.as('tandem_reconcile', 2), test, () => Date.now() + test.clock.shift);
});
afterEach(() => expectSoundBooks(test.admin));
afterAll(() => test.close());

const rowOf = async (id: string) => (await paymentRows(test.admin, id)).payment;

describe('the same Idempotency-Key, long after', () => {
  it('answers with the refund that was made, and asks nobody', async () => {
    const { id } = await shopper.bought('stripe');
    const key = randomUUID();
    test.stripe.failNext('refund', new AppError('provider_unavailable'), 'after');
    expect((await operator.refund(id, { amount: 500 }, key)).status).toBe(503);
    test.clock.shift = 3 * 60_000;
    await sweeper.sweep();
    expect(await rowOf(id)).toMatchObject({ refunded_minor: '500' });
    test.clock.shift = 25 * HOUR;
    const calls = test.stripe.callsOf('refund').length;

    const retried = await operator.refund(id, { amount: 500 }, key);

    expect([retried.status, retried.body.refund?.amount]).toEqual([200, 500]);
    expect(test.stripe.callsOf('refund')).toHaveLength(calls);
    expect(await rowOf(id)).toMatchObject({ refunded_minor: '500' });
  });

  it.each([
    ['was made: it is the answer', 'after', 0],
    ['was not made: it is made now, by a call of its own', 'before', 1],
  ] as const)('looks first whether a refund with a forgotten key %s', async (_, when, made) => {
    const { id, ref } = await shopper.bought('stripe');
    const key = randomUUID();
    test.stripe.failNext('refund', new AppError('provider_unavailable'), when);
    await operator.refund(id, { amount: 500 }, key);
    test.clock.shift = 25 * HOUR;
    const calls = test.stripe.calls.length;

    const retried = await operator.refund(id, { amount: 500 }, key);

    expect([retried.status, retried.body.refund?.amount]).toEqual([200, 500]);
    const since = test.stripe.calls.slice(calls).map(({ operation }) => operation);
    expect(since).toEqual(['findRefund', ...Array.from({ length: made }, () => 'refund')]);
    expect(test.stripe.intents.get(ref)?.refunds).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ refunded_minor: '500' });
  });

  it('hands out no intent for a payment that has ended', async () => {
    const key = randomUUID();
    test.stripe.failNext('create', new AppError('provider_unavailable'));
    expect((await shopper.create('stripe', {}, key)).status).toBe(503);
    test.clock.shift = 21 * HOUR;
    await sweeper.sweep();

    const retried = await shopper.create('stripe', {}, key);

    expect([retried.status, retried.body.code]).toEqual([409, 'payment_ended']);
  });

  it('is forgotten after a day where the answer holds a client secret, and kept for refunds', async () => {
    const { id } = await shopper.bought('stripe');
    await shopper.create('stripe', {}, randomUUID());
    await operator.refund(id, { amount: 1 }, randomUUID());
    await test.admin.query(
      `update private.idempotency_keys set created_at = created_at - interval '25 hours'`,
    );
    await sweeper.sweep();
    const { rows } = await test.admin.query(
      'select route from private.idempotency_keys where user_id = any($1::uuid[])',
      [[shopper.userId, operator.userId]],
    );
    expect(rows).toEqual([{ route: 'refund' }]);
  });
});

it('a price that changed between a lost answer and its retry does not change the payment', async () => {
  const key = randomUUID();
  test.stripe.failNext('create', new AppError('provider_unavailable'), 'after');
  expect((await shopper.create('stripe', { price: 'team' }, key)).status).toBe(503);
  await test.admin.query(`update public.prices set amount_minor = 12345 where id = 'team'`);
  test.clock.shift = 31_000;

  const retried = await shopper.create('stripe', { price: 'team' }, key);

  await test.admin.query(`update public.prices set amount_minor = 9900 where id = 'team'`);
  expect([retried.status, retried.body.payment?.amount]).toEqual([201, 9900]);
  expect(
    new Set(
      test.stripe
        .callsOf('create')
        .slice(-2)
        .map(({ amountMinor }) => amountMinor),
    ),
  ).toEqual(new Set([9900n]));
});

it('an answer is repeated though its price has changed, or is not sold any more', async () => {
  const key = randomUUID();
  const wish = { price: 'team', amount: 9900 };
  test.clock.shift = 30 * HOUR; // past what the tests before made known
  const first = await shopper.create('stripe', wish, key);
  expect(first.status).toBe(201);
  for (const change of ['amount_minor = 12345', 'active = false']) {
    await test.admin.query(`update public.prices set ${change} where id = 'team'`);
    test.clock.shift += 31_000;
    const again = await shopper.create('stripe', wish, key);
    const other = await shopper.create('stripe', wish, randomUUID());
    const reused = await shopper.create('stripe', { price: 'team', amount: 1 }, key);
    await test.admin.query(`update public.prices set amount_minor = 9900, active = true where id = 'team'`);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(other.status).toBeGreaterThanOrEqual(404);
    expect(reused.body.code).toBe('idempotency_key_reused');
  }
});

describe('a refund that the bank returned, and another in its place', () => {
  const orders = [
    ['in the order they happened', [0, 1, 2, 3]],
    ['the return last', [0, 1, 3, 2]],
    ['everything backwards', [3, 2, 1, 0]],
  ] as const;

  it.each(orders)('%s: one state in the end', async (_, order) => {
    const { id, ref } = await shopper.agreed('stripe');
    const story = stripeStory({ intent: ref, charge: `ch_${ref}`, paymentId: id });
    const events = [
      story.event(`evt_${ref}_1`, 'charge.succeeded', story.charge('succeeded')),
      story.event(`evt_${ref}_2`, 'refund.created', story.refund(`re_a_${ref}`, 1999, 'succeeded')),
      story.event(`evt_${ref}_3`, 'refund.failed', story.refund(`re_a_${ref}`, 1999, 'failed')),
      story.event(`evt_${ref}_4`, 'refund.created', story.refund(`re_b_${ref}`, 1999, 'succeeded')),
    ];
    for (const index of order) {
      const event = events[index];
      if (event !== undefined) await reconcile(sweeper.deps, [stripeReport(event)]);
    }
    await sweeper.sweep();
    await sweeper.sweep();

    expect(await rowOf(id)).toMatchObject({
      status: 'refunded',
      refunded_minor: '1999',
      review_reason: null,
    });
  });
});

describe('without any webhook', () => {
  it('a refund on its way settles', async () => {
    const { id, ref } = await shopper.bought('stripe');
    await operator.refund(id, { amount: 500 });
    const [refund] = test.stripe.intents.get(ref)?.refunds ?? [];
    const { id: other, ref: otherRef } = await shopper.bought('stripe');
    test.stripe.intents
      .get(otherRef)
      ?.refunds.push({ id: 're_pending', amountMinor: 700n, status: 'pending' });
    test.clock.shift = 3 * 60_000;
    await sweeper.sweep();
    expect(await rowOf(other)).toMatchObject({ refunded_minor: '0' });
    const pending = test.stripe.intents.get(otherRef)?.refunds[0];
    if (pending !== undefined) pending.status = 'succeeded';
    // Long after the sweep has given up on learning the fee.
    test.clock.shift = 8 * 24 * HOUR;

    await sweeper.sweep();

    expect(await rowOf(other)).toMatchObject({ refunded_minor: '700' });
    expect(refund?.amountMinor).toBe(500n);
  });

  it('an order whose capture PayPal refuses is not expired', async () => {
    const { id } = await shopper.agreed('paypal');
    test.paypal.failNext('capture', new AppError('provider_rejected'));
    test.clock.shift = 3 * 60_000;
    await sweeper.sweep();
    expect((await rowOf(id))?.status).not.toBe('expired');
    test.clock.shift = 3 * HOUR;
    await sweeper.sweep();
    expect(await rowOf(id)).toMatchObject({ status: 'succeeded' });
  });

  it('a provider that does not answer is left alone, and the other is served', async () => {
    for (let index = 0; index < 6; index += 1) await shopper.create('stripe');
    const { id } = await shopper.agreed('paypal');
    for (let index = 0; index < 3; index += 1) {
      test.stripe.failNext('retrieve', new AppError('provider_unavailable'));
    }
    const before = test.stripe.callsOf('retrieve').length;
    test.clock.shift = 3 * 60_000;
    await sweeper.sweep();
    expect(test.stripe.callsOf('retrieve').length - before).toBe(3);
    expect(await rowOf(id)).toMatchObject({ status: 'succeeded' });
  });
});

it('an intent that was made cheaper at the provider has no effect, and says so', async () => {
  const { body } = await shopper.create('stripe');
  const { id, provider_ref: ref } = body.payment;
  const story = stripeStory({ intent: ref, charge: `ch_${ref}`, paymentId: id, amount: 100 });
  for (const event of [
    story.event(`evt_${ref}_1`, 'charge.succeeded', story.charge('succeeded')),
    story.event(`evt_${ref}_2`, 'payment_intent.succeeded', story.intent('succeeded')),
  ]) {
    await reconcile(sweeper.deps, [stripeReport(event)]);
  }
  expect(await rowOf(id)).toMatchObject({ captured_minor: '0', review_reason: 'other_amount' });
  const intent = test.stripe.intents.get(ref);
  if (intent !== undefined) test.stripe.intents.set(ref, { ...intent, amountMinor: 100n, state: 'paid' });
  const confirmed = await shopper.confirm('stripe', ref);
  expect([confirmed.status, confirmed.body.code]).toEqual([409, 'payment_mismatch']);
});

it('a process that was taken for dead answers as the one that was faster', async () => {
  const { id } = await shopper.bought('stripe');
  const key = randomUUID();
  const { refund } = test.stripe;
  // The first process hangs at the provider until the second has answered.
  const released = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let first = true;
  Object.assign(test.stripe, {
    refund: async (call: Parameters<typeof refund>[0]) => {
      if (!first) return refund(call);
      first = false;
      asked.resolve();
      await released.promise;
      return refund(call);
    },
  });
  const slow = operator.refund(id, { amount: 500 }, key);
  await asked.promise;
  await test.admin.query(`update private.idempotency_keys set claimed_at = 'epoch' where key = $1`, [key]);
  const fast = await operator.refund(id, { amount: 500 }, key);
  await operator.refund(id, { amount: 100 });
  released.resolve();
  const late = await slow;
  Object.assign(test.stripe, { refund });

  expect([late.status, late.text]).toEqual([200, fast.text]);
  expect(await rowOf(id)).toMatchObject({ refunded_minor: '600' });
});

it('a refund whose answer was lost is settled by whatever event shows its key, and frees what it reserved', async () => {
  const { id, ref } = await shopper.bought('stripe');
  test.stripe.failNext('refund', new AppError('provider_unavailable'), 'after');
  expect((await operator.refund(id, { amount: 1500 })).status).toBe(503);
  const call = async () =>
    (
      await test.admin.query<{ key: string; state: string; result_ref: string | null }>(
        `select key, state, result_ref from private.provider_calls where payment_id = $1 and operation = 'refund'`,
        [id],
      )
    ).rows[0];
  const lost = await call();
  expect(lost?.state).toBe('unknown');
  const intent = test.stripe.intents.get(ref);
  const [made] = intent?.refunds ?? [];
  const story = stripeStory({ intent: ref, charge: intent?.captureId ?? '', paymentId: id });
  const refund = { ...story.refund(made?.id ?? '', 1500, 'succeeded'), metadata: { call_key: lost?.key } };
  await reconcile(sweeper.deps, [stripeReport(story.event(`evt_${ref}_r`, 'refund.created', refund))]);

  expect(await call()).toEqual({ key: lost?.key, state: 'succeeded', result_ref: made?.id });
  expect((await operator.refund(id)).body.refund.amount).toBe(499);
  expect(test.stripe.intents.get(ref)?.refunds).toHaveLength(2);
});

it('a key on another payment’s refund settles nothing', async () => {
  const { id } = await shopper.bought('stripe');
  test.stripe.failNext('refund', new AppError('provider_unavailable'));
  await operator.refund(id, { amount: 1500 });
  const { rows } = await test.admin.query<{ key: string }>(
    `select key from private.provider_calls where payment_id = $1 and operation = 'refund'`,
    [id],
  );
  const { id: other, ref } = await shopper.bought('stripe');
  const story = stripeStory({
    intent: ref,
    charge: test.stripe.intents.get(ref)?.captureId ?? '',
    paymentId: other,
  });
  const refund = { ...story.refund(`re_${ref}`, 5, 'succeeded'), metadata: { call_key: rows[0]?.key } };
  await reconcile(sweeper.deps, [stripeReport(story.event(`evt_${ref}_x`, 'refund.created', refund))]);
  const { rows: after } = await test.admin.query(
    `select state from private.provider_calls where payment_id = $1 and operation = 'refund'`,
    [id],
  );
  expect(after).toEqual([{ state: 'unknown' }]);
});
