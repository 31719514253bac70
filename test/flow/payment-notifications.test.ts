import type { Database } from '#shared/database/pool';
import { deleteAccount } from '../../services/auth/sql/delete-account';
import { reconcile } from '../../services/payment/use-cases/reconcile';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeReconciler, makeSweeper } from '../support/payment-workers';
import { stripeReport } from '../support/reports';
import { newShopper } from '../support/shopping';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

let test: PaymentTest;
let worker: Database;
beforeAll(async () => {
  test = await startPaymentTest();
  worker = test.as('tandem_reconcile', 4);
});
afterAll(() => test.close());

/** What was told of a payment, in the product and by mail. */
const toldOf = async (paymentId: string) => {
  const shown = await test.admin.query<{ kind: string; key: string }>(
    "select kind, key from public.notifications where data ->> 'payment_id' = $1 order by kind, key",
    [paymentId],
  );
  const mailed = await test.admin.query<{ kind: string }>(
    "select kind from private.outbox where data ->> 'payment_id' = $1 order by kind",
    [paymentId],
  );
  return { shown: shown.rows.map(({ kind }) => kind), mailed: mailed.rows.map(({ kind }) => kind) };
};

const tell = async (reports: Parameters<typeof reconcile>[1]) =>
  reconcile({ database: worker, sleep: async () => undefined }, reports);

let stories = 0;

/** A payment of ours with the story that Stripe tells of it. */
const story = async () => {
  stories += 1;
  const intent = `pi_n${stories}`;
  const payment = await insertPayment(test.admin, { providerRef: intent });
  const told = stripeStory({ intent, charge: `ch_n${stories}`, paymentId: payment.id });
  let events = 0;
  const report = (type: string, object: object, created?: number) => {
    events += 1;
    return stripeReport(told.event(`evt_n${stories}_${events}`, type, object, created));
  };
  return { ...payment, ...told, report };
};

it('tells of a purchase once, whoever brings it: confirm, webhooks and the sweep at the same moment', async () => {
  const shopper = await newShopper(test);
  const { handle } = makeReconciler(worker, test.paypal);
  const sweeper = makeSweeper(worker, test, () => Date.now() + 180_000);
  for (let race = 0; race < 10; race += 1) {
    const provider = race % 2 === 0 ? 'stripe' : 'paypal';
    const { id, ref } = await shopper.agreed(provider);
    const captureId = test[provider].intents.get(ref)?.captureId;
    const told = stripeStory({ intent: ref, paymentId: id, ...(captureId && { charge: captureId }) });
    const events =
      provider === 'stripe'
        ? [
            told.event(`evt_a_${ref}`, 'payment_intent.succeeded', told.intent('succeeded')),
            told.event(`evt_b_${ref}`, 'charge.succeeded', told.charge('succeeded')),
          ]
        : [
            { id: `WH-A-${ref}`, event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id: ref } },
            { id: `WH-C-${ref}`, event_type: 'CHECKOUT.ORDER.COMPLETED', resource: { id: ref } },
          ];
    const deliver = () => events.map((event) => handle(sqsEvent([sqsRecord(providerMessage(event))])));
    await Promise.all([
      shopper.confirm(provider, ref),
      ...deliver(),
      sweeper.sweep(),
      shopper.confirm(provider, ref),
    ]);
    await Promise.all(deliver()); // and all again
    expect(await toldOf(id)).toEqual({ shown: ['payment_succeeded'], mailed: ['payment_succeeded'] });
  }
});

it('tells of refunds and disputes in whatever order they are reported, and of none twice when all is replayed', async () => {
  const { id, report, ...s } = await story();
  const dispute = (status: string) => ({
    object: 'dispute',
    id: `dp_${id}`,
    status,
    amount: 1999,
    currency: 'usd',
    created: 1_760_000_200,
    charge: s.charge('succeeded').id,
    payment_intent: s.intent('succeeded').id,
    balance_transactions: [],
  });
  const refund = s.refund(`re_${id}`, 500, 'succeeded');
  const reports = [
    report('refund.created', refund), // before its charge is known
    report('charge.succeeded', s.charge('succeeded')),
    report('charge.dispute.created', dispute('needs_response')),
    report('charge.dispute.closed', dispute('won')),
    report('refund.updated', refund),
  ];
  for (const one of reports.slice(0, 2)) await tell([one]);
  expect(await toldOf(id)).toEqual({
    shown: ['payment_refunded', 'payment_succeeded'],
    mailed: ['payment_refunded', 'payment_succeeded'],
  });
  await tell(reports);
  await tell([...reports].reverse());
  const all = ['dispute_closed', 'payment_refunded', 'payment_succeeded'];
  // The dispute was over when it was first heard of: that there is one is no news any more.
  expect(await toldOf(id)).toEqual({ shown: all, mailed: all });
});

it('remembers nothing of what is a fact, and tells it no second time to who has deleted it', async () => {
  const { id, userId, report, ...s } = await story();
  const paid = report('charge.succeeded', s.charge('succeeded'));
  await tell([paid]);
  const { rows } = await test.admin.query('select kind from private.notices where user_id = $1', [userId]);
  expect(rows).toEqual([]);
  await test.admin.query('delete from public.notifications where user_id = $1', [userId]);
  await tell([paid, report('payment_intent.succeeded', s.intent('succeeded'))]);
  expect((await toldOf(id)).shown).toEqual([]);
});

it('tells that a dispute began where it has not ended', async () => {
  const { id, report, ...s } = await story();
  await tell([
    report('charge.succeeded', s.charge('succeeded')),
    report('charge.dispute.created', {
      object: 'dispute',
      id: `dp_${id}`,
      status: 'needs_response',
      amount: 1999,
      currency: 'usd',
      created: 1_760_000_200,
      charge: s.charge('succeeded').id,
      payment_intent: s.intent('succeeded').id,
      balance_transactions: [],
    }),
  ]);
  expect((await toldOf(id)).shown).toEqual(['payment_disputed', 'payment_succeeded']);
});

it('tells that a dispute was decided otherwise than before, and nothing of it twice', async () => {
  const { id, report, ...s } = await story();
  const decided = (status: string, created: number) =>
    report(
      'charge.dispute.closed',
      {
        object: 'dispute',
        id: `dp_${id}`,
        status,
        amount: 1999,
        currency: 'usd',
        charge: s.charge('succeeded').id,
        payment_intent: s.intent('succeeded').id,
        balance_transactions: [],
      },
      created,
    );
  const [lost, won] = [decided('lost', 1_760_000_200), decided('won', 1_760_900_000)];
  const decisions = async () => {
    const { rows } = await test.admin.query<{ status: string }>(
      `select data ->> 'status' as status from public.notifications
       where data ->> 'payment_id' = $1 and kind = 'dispute_closed' order by created_at`,
      [id],
    );
    return rows.map(({ status }) => status);
  };
  await tell([report('charge.succeeded', s.charge('succeeded')), lost]);
  await tell([won]);
  await tell([lost]);
  expect(await decisions()).toEqual(['lost', 'won']);
});

it('tells of a decline in the product; by mail only when whoever paid has long gone', async () => {
  const [now, later] = [await story(), await story()];
  await test.admin.withConnection(async (tx) => {
    await tx.query('begin; set local session_replication_role = replica');
    await tx.query("update public.payments set created_at = now() - interval '2 days' where id = $1", [
      later.id,
    ]);
    await tx.query('commit');
  });
  for (const one of [now, later])
    await tell([
      one.report('charge.failed', one.charge('failed')),
      one.report('charge.failed', one.charge('failed')),
    ]);
  expect(await toldOf(now.id)).toEqual({ shown: ['payment_failed'], mailed: [] });
  expect(await toldOf(later.id)).toEqual({ shown: ['payment_failed'], mailed: ['payment_failed'] });
});

it('does not tell of a decline that is heard of once the payment succeeded', async () => {
  const { id, report, ...s } = await story();
  await tell([report('charge.succeeded', s.charge('succeeded'))]);
  await tell([report('charge.failed', { ...s.charge('failed'), id: 'ch_earlier' })]);
  expect((await toldOf(id)).shown).toEqual(['payment_succeeded']);
});

it('tells nobody of a payment whose account is gone', async () => {
  const { id, userId, report, ...s } = await story();
  await test.admin.query('select private.delete_account($1)', [userId]);
  await tell([report('charge.succeeded', s.charge('succeeded'))]);
  expect(await toldOf(id)).toEqual({ shown: [], mailed: [] });
});

it('tells the payer, and in words that a mail can be made of', async () => {
  const { id, userId, report, ...s } = await story();
  await tell([report('charge.succeeded', s.charge('succeeded'))]);
  const { rows } = await test.admin.query(
    'select user_id, key, data from public.notifications where data ->> $1 = $2',
    ['payment_id', id],
  );
  expect(rows).toEqual([
    {
      user_id: userId,
      key: s.charge('succeeded').id,
      data: { payment_id: id, amount_minor: '1999', currency: 'USD', description: '' },
    },
  ]);
});

it('tells or does not tell an account that is deleted meanwhile; neither is in the way of the other', async () => {
  const service = test.as('tandem_auth', 4);
  for (let round = 0; round < 20; round += 1) {
    const { id, userId, report, ...s } = await story();
    await Promise.all([
      tell([report('charge.succeeded', s.charge('succeeded'))]),
      deleteAccount(service, userId),
    ]);
    expect(await toldOf(id)).toEqual({ shown: [], mailed: [] });
    const { payment } = await paymentRows(test.admin, id);
    expect(payment?.status).toBe('succeeded');
  }
}, 30_000);
