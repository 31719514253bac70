import type { SQSRecord } from 'aws-lambda';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { expectSoundBooks, openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { makeReconciler, makeSweeper } from '../support/payment-workers';
import { sqsEvent, sqsRecord } from '../support/sqs-event';
import { signStripe } from '../support/stripe-signature';
import { fixturesOf, makeTestWebhook, webhookRequest } from '../support/webhook-service';

/** The payments that the recorded events name, by our id in their metadata: provider's id, amount, currency. */
const payments: Readonly<Record<string, readonly [string, bigint, string]>> = {
  '08fcdabe-63fc-48de-ad11-6780f43ba183': ['pi_3TqB4ZFfLkdIwHu7ixTJGImYAx', 1999n, 'USD'],
  'e8260044-0fe6-411d-aee9-56fc81a8ecdf': ['pi_3TqGajCXLkdIwHu7ixcytlwvIi', 1999n, 'USD'],
  '65a99f98-b4c5-48e4-ae19-2debad1030b2': ['pi_3TqG3HfzLkdIwHu7ixjOSiTozI', 1999n, 'USD'],
  'a59b9128-9762-4839-a7f6-80cee461f306': ['pi_3TqtCsyFLkdIwHu7ixbZYiwKna', 4900n, 'EUR'],
  '83656626-3013-4252-a101-decf8f378ed2': ['pi_3TqfjVooLkdIwHu7ixNidsU1Of', 3000n, 'JPY'],
  '67742f86-2f4d-4546-a3d1-9147242125d0': ['pi_3TqGANxVLkdIwHu7ixlhR2hjwc', 12_000n, 'USD'],
  '7129518e-2892-46e6-ac13-3ae0b0f226a4': ['pi_3TqtWfwtLkdIwHu7ix9Vv6agMN', 12_000n, 'USD'],
  '073ca831-e149-49eb-ace5-47683e35f7eb': ['pi_3TqyFcaCLkdIwHu7ixnaKXKfwh', 1999n, 'USD'],
  'b3d5e71c-83b5-4645-ad26-d5acaa314868': ['pi_3TqU0w1fLkdIwHu7ixaqUu8r5z', 1999n, 'USD'],
  'b8ffed52-2a08-463a-adc9-b4db96e67b41': ['pi_3Tq03jgvLkdIwHu7ixiO5t154l', 50_000n, 'EUR'],
  '455d41ea-7669-40d5-af70-39d94b7088f4': ['pi_3TqBdk1FLkdIwHu7ix1P99wpRx', 1999n, 'USD'],
  '87b8fe7a-112d-4cc0-a997-2036a3c02586': ['pi_3Tq9iImWLkdIwHu7ixOBPGtOd0', 1999n, 'USD'],
};

/** Payments of which only disputes are recorded: those name no payment of ours, so we must know the intent. */
const disputed: Readonly<Record<string, string>> = {
  '0d5a4f6e-58c4-4c5b-9f0a-6f2f5a1c0b01': 'pi_3TqLrt99LkdIwHu7ixttLDjSRA',
  '0d5a4f6e-58c4-4c5b-9f0a-6f2f5a1c0b02': 'pi_3Tqa3CHoLkdIwHu7ixJtUsNqaN',
  '0d5a4f6e-58c4-4c5b-9f0a-6f2f5a1c0b03': 'pi_3Tq1e8j2LkdIwHu7ixbG7q4I32',
};

/** What becomes of each recorded event. Everything not named is kept and ignored. */
const applied = `
  charge_captured charge_dispute_closed_lost charge_dispute_closed_warning charge_dispute_closed_won
  charge_dispute_created charge_dispute_created_inquiry charge_dispute_funds_reinstated charge_dispute_funds_withdrawn
  charge_dispute_updated charge_expired charge_failed charge_pending charge_refund_updated charge_refunded charge_refunded_partial
  charge_succeeded charge_succeeded_zero_decimal charge_updated payment_intent_amount_capturable_updated
  payment_intent_canceled payment_intent_canceled_abandoned payment_intent_created payment_intent_partially_funded
  payment_intent_payment_failed payment_intent_payment_failed_insufficient_funds payment_intent_processing
  payment_intent_requires_action payment_intent_succeeded payment_intent_succeeded_zero_decimal payout_canceled
  payout_created payout_failed payout_paid payout_reconciliation_completed payout_updated refund_created
  refund_created_pending refund_failed refund_updated`
  .trim()
  .split(/\s+/);
const held = ['payment_intent_succeeded_foreign'];

const outcomeOf = (name: string): string => {
  if (applied.includes(name)) return 'applied';
  return held.includes(name) ? 'held' : 'ignored';
};

/** Status, captured and refunded of each payment after all of its events, in any order. */
const finalStates: Readonly<Record<string, readonly [string, string, string]>> = {
  '08fcdabe-63fc-48de-ad11-6780f43ba183': ['succeeded', '1999', '0'], // the bank returned the refund
  'e8260044-0fe6-411d-aee9-56fc81a8ecdf': ['succeeded', '1999', '0'], // its refund's own event is not recorded
  '65a99f98-b4c5-48e4-ae19-2debad1030b2': ['requires_payment_method', '0', '0'],
  'a59b9128-9762-4839-a7f6-80cee461f306': ['processing', '0', '0'],
  '83656626-3013-4252-a101-decf8f378ed2': ['succeeded', '3000', '0'],
  '67742f86-2f4d-4546-a3d1-9147242125d0': ['succeeded', '9000', '0'], // captured in part
  '7129518e-2892-46e6-ac13-3ae0b0f226a4': ['requires_capture', '0', '0'],
  '073ca831-e149-49eb-ace5-47683e35f7eb': ['canceled', '0', '0'],
  'b3d5e71c-83b5-4645-ad26-d5acaa314868': ['canceled', '0', '0'],
  'b8ffed52-2a08-463a-adc9-b4db96e67b41': ['requires_action', '0', '0'],
  '455d41ea-7669-40d5-af70-39d94b7088f4': ['requires_payment_method', '0', '0'],
  '87b8fe7a-112d-4cc0-a997-2036a3c02586': ['requires_action', '0', '0'],
  // Their captures are not recorded: what was withdrawn waits for them.
  ...Object.fromEntries(Object.keys(disputed).map((id) => [id, ['created', '0', '0'] as const])),
};

/** A sequence that is the same in every run. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

const shuffle = <T>(items: readonly T[], random: () => number): readonly T[] =>
  items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

const fixtures = fixturesOf('stripe');

/** Every recorded event through the real webhook service, genuinely signed: the messages on the queue. */
const postAll = async (): Promise<ReadonlyMap<string, ProviderEventMessage>> => {
  const webhook = makeTestWebhook();
  const messages = new Map<string, ProviderEventMessage>();
  for (const { name, bytes } of fixtures) {
    const signature = signStripe(bytes, { at: Math.floor(Date.now() / 1000) });
    const { status } = await webhook.post(webhookRequest('stripe', bytes, { 'Stripe-Signature': signature }));
    const message = webhook.messages.at(-1);
    if (status !== 200 || message === undefined) throw new Error(`${name} was answered ${status}`);
    messages.set(name, message);
  }
  return messages;
};

let messages: ReadonlyMap<string, ProviderEventMessage>;
const databases: PaymentDatabase[] = [];

beforeAll(async () => {
  messages = await postAll();
});
afterAll(() => Promise.all(databases.map((one) => one.close())));

/** A database with the payments, before the provider's answers reached us: found by metadata, not by the provider's id. */
const openWithPayments = async (): Promise<PaymentDatabase> => {
  const database = await openPaymentDatabase();
  databases.push(database);
  for (const [id, [, amountMinor, currency]] of Object.entries(payments)) {
    await insertPayment(database.admin, { id, providerRef: null, amountMinor, currency });
  }
  for (const [id, providerRef] of Object.entries(disputed))
    await insertPayment(database.admin, { id, providerRef });
  return database;
};

const deliver = async (database: PaymentDatabase, records: readonly SQSRecord[], parallel: number) => {
  const service = database.as('tandem_reconcile', parallel);
  const { handle } = makeReconciler(service);
  const batches: SQSRecord[][] = [];
  for (let at = 0; at < records.length; at += 10) batches.push(records.slice(at, at + 10));
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      failures.push(...(await handle(sqsEvent(batch))).batchItemFailures);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  expect(failures).toEqual([]);
  // Refunds name no payment of ours: those that came before the intent was known wait for the sweep.
  await makeSweeper(service).sweep();
};

const rowsOf = async (database: PaymentDatabase) =>
  Promise.all(
    [...Object.keys(payments), ...Object.keys(disputed)].map(
      async (id) => [id, await paymentRows(database.admin, id)] as const,
    ),
  );

const inboxOf = async (database: PaymentDatabase) =>
  (
    await database.admin.query<{ event_id: string; outcome: string; body: string; sha256: string }>(
      'select event_id, outcome, body, sha256 from private.inbox',
    )
  ).rows;

const expectFinalStates = async (database: PaymentDatabase): Promise<void> => {
  const states = Object.fromEntries(
    (await rowsOf(database)).map(([id, { payment }]) => [
      id,
      [payment?.status, payment?.captured_minor, payment?.refunded_minor],
    ]),
  );
  expect(states).toEqual(finalStates);
  await expectSoundBooks(database.admin);
};

it('knows the fixtures it speaks of', () => {
  const names = fixtures.map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect([...applied, ...held].filter((name) => !names.includes(name))).toEqual([]);
});

let delivered: Promise<PaymentDatabase> | undefined;

/** A database in which every event has arrived once, in the order of the fixtures' names. */
const deliveredOnce = (): Promise<PaymentDatabase> => {
  delivered ??= (async () => {
    const database = await openWithPayments();
    const records = [...messages.values()].map((message) => sqsRecord(message));
    await deliver(database, records, 1);
    return database;
  })();
  return delivered;
};

describe('every recorded event, posted once', () => {
  let inbox: Awaited<ReturnType<typeof inboxOf>> = [];
  beforeAll(async () => {
    inbox = await inboxOf(await deliveredOnce());
  });

  it('brings every payment where it belongs', async () => {
    await expectFinalStates(await deliveredOnce());
  });

  it.each(fixtures.map(({ name }) => [name, outcomeOf(name)]))('%s is %s', (name) => {
    const message = messages.get(name);
    const rows = inbox.filter((row) => row.event_id === message?.eventId);
    expect(rows).toEqual([
      {
        event_id: message?.eventId,
        outcome: outcomeOf(name),
        body: message?.body,
        sha256: message?.sha256,
      },
    ]);
  });

  it('leaves nothing else in the inbox', () => {
    expect(inbox).toHaveLength(fixtures.length);
  });
});

it('keeps the disputes and payouts as far as they came', async () => {
  const { admin } = await deliveredOnce();
  const { rows: disputes } = await admin.query(
    'select provider_ref, dispute_status from public.payments where dispute_status is not null order by 1',
  );
  expect(disputes).toEqual([
    { provider_ref: 'pi_3Tq1e8j2LkdIwHu7ixbG7q4I32', dispute_status: 'warning_closed' },
    { provider_ref: 'pi_3TqLrt99LkdIwHu7ixttLDjSRA', dispute_status: 'won' },
    { provider_ref: 'pi_3Tqa3CHoLkdIwHu7ixJtUsNqaN', dispute_status: 'lost' },
  ]);
  const { rows: payouts } = await admin.query(
    `select object_id, string_agg(status, ' ' order by status) as seen from private.payouts group by 1 order by 1`,
  );
  expect(payouts).toEqual([
    { object_id: 'po_1Tq61fRzLkdIwHu7ixGJkafPKC', seen: 'canceled' },
    { object_id: 'po_1Tq6FmITLkdIwHu7ixZfbAL5Qb', seen: 'failed' },
    { object_id: 'po_1TqOpl8oLkdIwHu7ixWldMw1NI', seen: 'in_transit paid pending' },
  ]);
});

it.each([11, 22, 33])('five times each in shuffled order %i, four workers: the same books', async (seed) => {
  const database = await openWithPayments();
  const random = randomFrom(seed);
  const many = Array.from({ length: 5 }, () => [...messages.values()]).flat();
  await deliver(
    database,
    shuffle(many, random).map((message) => sqsRecord(message)),
    4,
  );
  await expectFinalStates(database);
  expect(await rowsOf(database)).toEqual(await rowsOf(await deliveredOnce()));
  const bought = await paymentRows(database.admin, '08fcdabe-63fc-48de-ad11-6780f43ba183');
  expect(bought.facts.filter(({ kind }) => kind === 'capture')).toHaveLength(1);
  expect(
    bought.ledger.map(({ kind, account, amount_minor }) => `${kind} ${account} ${amount_minor}`),
  ).toEqual([
    'capture sales -1999',
    'capture stripe_balance 1999',
    'refund_reversal sales -500',
    'refund_reversal stripe_balance 500',
    'refund sales 500',
    'refund stripe_balance -500',
  ]);
  const outcomes = Object.fromEntries((await inboxOf(database)).map((row) => [row.event_id, row.outcome]));
  const wanted = fixtures.map(({ name }) => [messages.get(name)?.eventId, outcomeOf(name)]);
  expect(outcomes).toEqual(Object.fromEntries(wanted));
});
