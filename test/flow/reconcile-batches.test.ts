import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { queueHandler } from '#shared/queue/queue-handler';
import { reconcile } from '../../services/payment/use-cases/reconcile';
import { makeKeptLog } from '../support/kept-log';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { expectSoundBooks, openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { makeReconciler, makeSweeper } from '../support/payment-workers';
import { stripeReport } from '../support/reports';
import { providerMessage, sqsEvent, sqsRecord } from '../support/sqs-event';
import { stripeStory } from '../support/stripe-objects';

let databases: PaymentDatabase;
let service: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  service = databases.as('tandem_reconcile', 4);
});
afterEach(() => expectSoundBooks(databases.admin));
afterAll(() => databases.close());

let purchases = 0;

/** A payment of ours and the event that says it was paid. */
const purchase = async () => {
  purchases += 1;
  const n = `b${purchases}`;
  const { id } = await insertPayment(databases.admin, { providerRef: `pi_${n}` });
  const story = stripeStory({ intent: `pi_${n}`, charge: `ch_${n}`, paymentId: id });
  const event = story.event(`evt_${n}`, 'payment_intent.succeeded', story.intent('succeeded'));
  return { id, story, event, message: providerMessage(event) };
};

const purchasesOf = (count: number) => Promise.all(Array.from({ length: count }, purchase));

const statusOf = async (id: string) => (await paymentRows(databases.admin, id)).payment?.status;

const inboxRow = async (eventId: string) =>
  (
    await databases.admin.query('select outcome, reason, attempts from private.inbox where event_id = $1', [
      eventId,
    ])
  ).rows[0];

/** A connection that counts the statements it passes on. */
const counted = (db: Queryable) => {
  const texts: string[] = [];
  const query: Queryable['query'] = (text, values) => {
    texts.push(text);
    return db.query(text, values);
  };
  return { db: { query }, texts };
};

describe('a poison record', () => {
  /** Good in every way, so that each poison below is bad in one. */
  const message = providerMessage(
    stripeStory().event('evt_canary', 'customer.created', { object: 'customer', id: 'cus_1' }),
  );
  const poisons: Readonly<Record<string, string>> = {
    'no JSON': 'canary',
    'an empty body': '',
    'a BOM before good JSON': `\ufeff${JSON.stringify(message)}`,
    'JSON of another shape': '{"hello":"canary"}',
    'an array': '[]',
    'another version': JSON.stringify({ ...message, version: 2 }),
    'a field too many': JSON.stringify({ ...message, amount: 5 }),
    'an unknown provider': JSON.stringify({ ...message, provider: 'adyen' }),
    'the other mode': JSON.stringify({ ...message, mode: 'live' }),
    'a megabyte of nothing': 'canary'.repeat(174_762),
    'a megabyte of nesting': '['.repeat(1_048_576),
    'an event that is no JSON': JSON.stringify({ ...message, body: '{' }),
    'an event without an object': JSON.stringify({ ...message, body: '{"type":"x","created":1}' }),
    'a known object of an unknown shape': JSON.stringify(
      providerMessage({
        ...stripeStory().event('evt_canary_2', 'payment_intent.succeeded', {
          object: 'payment_intent',
          id: 'pi_1',
        }),
      }),
    ),
    'a text that Postgres cannot hold': JSON.stringify({
      ...message,
      eventType: 'a\u0000b',
    }),
    'half a character': JSON.stringify({ ...message, eventType: 'a\ud800b' }),
  };

  it.each(Object.keys(poisons))('of %s comes back alone; its nine neighbours are applied', async (name) => {
    const neighbours = await purchasesOf(9);
    const records = neighbours.map((one) => sqsRecord(one.message, one.event.id));
    records.splice(4, 0, sqsRecord(poisons[name] ?? '', 'the poison'));
    const { handle, lines } = makeReconciler(service);
    expect(await handle(sqsEvent(records))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'the poison' }],
    });
    for (const one of neighbours) {
      expect(await statusOf(one.id)).toBe('succeeded');
      expect((await paymentRows(databases.admin, one.id)).ledger).toHaveLength(2);
    }
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', message: 'record failed' })]);
    // What the line says of the error must not repeat what was in the message.
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('would have been taken, had it been whole', async () => {
    const { handle } = makeReconciler(service);
    expect(await handle(sqsEvent([sqsRecord(message)]))).toEqual({ batchItemFailures: [] });
  });

  it('stays in the queue however often it is received', async () => {
    const { handle } = makeReconciler(service);
    for (let receive = 1; receive <= 5; receive += 1) {
      const { batchItemFailures } = await handle(sqsEvent([sqsRecord('poison', 'p')]));
      expect(batchItemFailures).toEqual([{ itemIdentifier: 'p' }]);
    }
  });

  it('does not hide another: all that failed are named, and only they', async () => {
    const good = await purchasesOf(2);
    const bad = ['no JSON', 'the other mode', 'a megabyte of nothing'];
    const records = [
      ...good.map((one) => sqsRecord(one.message, one.event.id)),
      ...bad.map((name) => sqsRecord(poisons[name] ?? '', name)),
    ];
    const { batchItemFailures } = await makeReconciler(service).handle(sqsEvent(records));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(bad);
  });
});

describe('a record whose write is refused', () => {
  it('fails alone: a charge that another payment has', async () => {
    const [thief, ...neighbours] = await purchasesOf(10);
    const [victim] = neighbours;
    if (thief === undefined || victim === undefined) throw new Error('ten were made');
    const { handle } = makeReconciler(service);
    await handle(sqsEvent([sqsRecord(victim.message)]));
    const stolen = { ...thief.story.intent('succeeded'), latest_charge: victim.story.chargeId };
    const message = providerMessage(thief.story.event('evt_theft', 'payment_intent.succeeded', stolen));
    const records = [sqsRecord(message, 'theft'), ...neighbours.map((one) => sqsRecord(one.message))];
    expect(await handle(sqsEvent(records))).toEqual({ batchItemFailures: [{ itemIdentifier: 'theft' }] });
    expect(await statusOf(thief.id)).toBe('created');
    for (const one of neighbours) expect(await statusOf(one.id)).toBe('succeeded');
  });

  it('is looked at by a person, without effect, when it contradicts what we asked for', async () => {
    const one = await purchase();
    const { story } = one;
    const wrong = story.event('evt_wrong', 'payment_intent.succeeded', {
      ...story.intent('succeeded'),
      amount: 5,
      amount_received: 5,
    });
    const { handle } = makeReconciler(service);
    expect(await handle(sqsEvent([sqsRecord(providerMessage(wrong))]))).toEqual({ batchItemFailures: [] });
    expect(await inboxRow('evt_wrong')).toMatchObject({ outcome: 'review', reason: 'other_amount' });
    expect(await paymentRows(databases.admin, one.id)).toMatchObject({
      payment: { status: 'created', review_reason: 'other_amount' },
      facts: [],
      ledger: [],
    });
    // What really happened still counts afterwards.
    await handle(sqsEvent([sqsRecord(one.message)]));
    expect(await statusOf(one.id)).toBe('succeeded');
  });
});

describe('statements of a batch', () => {
  const statementsFor = async (bodies: readonly unknown[]): Promise<number> => {
    const { db, texts } = counted(service);
    const { handle } = makeReconciler(db);
    const { batchItemFailures } = await handle(sqsEvent(bodies.map((body) => sqsRecord(body))));
    expect(batchItemFailures).toEqual([]);
    return texts.length;
  };

  it.each([1, 2, 10, 100])('are two for %i payments', async (count) => {
    expect(await statementsFor((await purchasesOf(count)).map(({ message }) => message))).toBe(2);
  });

  it('are two for ten events about one payment', async () => {
    const { story, id } = await purchase();
    const events = Array.from({ length: 10 }, (_, n) =>
      n % 2 === 0
        ? story.event(`evt_${id}_${n}`, 'charge.succeeded', story.charge('succeeded'))
        : story.event(`evt_${id}_${n}`, 'refund.updated', story.refund(`re_${id}_${n}`, 100, 'succeeded')),
    );
    expect(await statementsFor(events.map((event) => providerMessage(event)))).toBe(2);
    expect((await paymentRows(databases.admin, id)).payment).toMatchObject({ refunded_minor: '500' });
  });

  it('are two for one event delivered ten times in one batch', async () => {
    const { id, message, event } = await purchase();
    expect(await statementsFor(Array.from({ length: 10 }, () => message))).toBe(2);
    expect((await paymentRows(databases.admin, id)).ledger).toHaveLength(2);
    expect(await inboxRow(event.id)).toMatchObject({ outcome: 'applied', attempts: 1 });
  });

  it('are two for a batch that was applied before, and one for nothing but events without facts', async () => {
    const messages = (await purchasesOf(10)).map(({ message }) => message);
    await statementsFor(messages);
    expect(await statementsFor(messages)).toBe(2);
    const story = stripeStory();
    const unknown = Array.from({ length: 10 }, (_, n) =>
      providerMessage(story.event(`evt_unknown_${n}`, 'solar.flare', { object: 'flare', id: `fl_${n}` })),
    );
    expect(await statementsFor(unknown)).toBe(1);
  });
});

it('reconciles one report given twice in one call', async () => {
  const { id, event } = await purchase();
  const report = stripeReport(event);
  const sleep = async () => undefined;
  const results = await reconcile({ database: service, sleep }, [report, report]);
  expect(results.get(event.id)?.outcome).toBe('applied');
  expect((await paymentRows(databases.admin, id)).ledger).toHaveLength(2);
});

it('keeps events of types nobody knew when this was written', async () => {
  const story = stripeStory();
  const event = story.event('evt_new_type', 'payment_intent.teleported', {
    ...story.intent('succeeded'),
    object: 'payment_intent_v2',
  });
  const { handle } = makeReconciler(service);
  expect(await handle(sqsEvent([sqsRecord(providerMessage(event))]))).toEqual({ batchItemFailures: [] });
  expect(await inboxRow('evt_new_type')).toEqual({
    outcome: 'ignored',
    reason: 'no facts in payment_intent.teleported',
    attempts: 1,
  });
});

describe('an event about something that is not ours', () => {
  it('is held, stays held without a payment, and takes effect once the payment is there', async () => {
    const story = stripeStory({ intent: 'pi_early', charge: 'ch_early' });
    const early = [
      story.event('evt_early_1', 'charge.succeeded', story.charge('succeeded')),
      story.event('evt_early_2', 'refund.created', story.refund('re_early', 500, 'succeeded')),
    ];
    const { handle } = makeReconciler(service);
    await handle(sqsEvent(early.map((event) => sqsRecord(providerMessage(event)))));
    const { sweep, failures } = makeSweeper(service);
    expect((await sweep()).retryHeldEvents).toEqual({ looked: 0, failed: 0 });
    expect(await inboxRow('evt_early_1')).toMatchObject({ outcome: 'held', reason: 'no such payment here' });

    const { id } = await insertPayment(databases.admin, { providerRef: 'pi_early' });
    expect((await sweep()).retryHeldEvents).toEqual({ looked: 2, failed: 0 });
    expect(failures).toEqual([]);
    expect((await paymentRows(databases.admin, id)).payment).toMatchObject({
      status: 'partially_refunded',
      captured_minor: '1999',
      refunded_minor: '500',
    });
    for (const event of early)
      expect(await inboxRow(event.id)).toMatchObject({ outcome: 'applied', attempts: 2 });
    expect((await sweep()).retryHeldEvents).toEqual({ looked: 0, failed: 0 });
  });

  it('may be delivered again by the provider instead', async () => {
    const story = stripeStory({ intent: 'pi_early2', charge: 'ch_early2' });
    const message = providerMessage(story.event('evt_again', 'charge.succeeded', story.charge('succeeded')));
    const { handle } = makeReconciler(service);
    await handle(sqsEvent([sqsRecord(message)]));
    const { id } = await insertPayment(databases.admin, { providerRef: 'pi_early2' });
    await handle(sqsEvent([sqsRecord(message)]));
    expect(await statusOf(id)).toBe('succeeded');
    expect(await inboxRow('evt_again')).toMatchObject({ outcome: 'applied', attempts: 2 });
  });
});

describe('the same fact under other event ids', () => {
  it('changes nothing', async () => {
    const { id, story } = await purchase();
    const events = Array.from({ length: 20 }, (_, n) =>
      story.event(`evt_${id}_again_${n}`, 'charge.succeeded', story.charge('succeeded')),
    );
    const { handle } = makeReconciler(service);
    await Promise.all(events.map((event) => handle(sqsEvent([sqsRecord(providerMessage(event))]))));
    const { facts, ledger } = await paymentRows(databases.admin, id);
    expect([facts.length, ledger.length]).toEqual([1, 2]);
  });
});

describe('when the database is away', () => {
  it('gives the whole batch back, and applies it once later', async () => {
    const many = await purchasesOf(5);
    const records = many.map((one) => sqsRecord(one.message, one.event.id));
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    const { mapPgError } = await import('#shared/database/map-pg-error');
    let asked = 0;
    const away: Queryable = {
      query: async () => {
        asked += 1;
        throw mapPgError(refused);
      },
    };
    const { batchItemFailures } = await makeReconciler(away).handle(sqsEvent(records));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      many.map((one) => one.event.id),
    );
    // Trying one by one would only take longer.
    expect(asked).toBe(1);
    await makeReconciler(service).handle(sqsEvent(records));
    for (const one of many) expect(await statusOf(one.id)).toBe('succeeded');
  });

  it('applies a batch whose commit was answered by silence once', async () => {
    const one = await purchase();
    let cut = true;
    const lossy: Queryable = {
      query: async (text, values) => {
        const result = await service.query(text, values);
        if (!cut || !text.includes('private.inbox')) return result as never;
        cut = false;
        throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
      },
    };
    const records = [sqsRecord(one.message, 'm')];
    const first = await makeReconciler(lossy).handle(sqsEvent(records));
    expect(first.batchItemFailures).toEqual([{ itemIdentifier: 'm' }]);
    expect((await makeReconciler(lossy).handle(sqsEvent(records))).batchItemFailures).toEqual([]);
    expect((await paymentRows(databases.admin, one.id)).ledger).toHaveLength(2);
  });
});

describe('a worker that forgets', () => {
  it.each([
    ['a record', new Map([['a', { done: true }]]), ['b']],
    ['everything', new Map(), ['a', 'b']],
    ['whose record it was', new Map([['other', { done: true }]]), ['a', 'b']],
  ] as const)('%s deletes nothing', async (_, verdicts, failed) => {
    const handle = queueHandler({ work: async () => verdicts as never, log: makeKeptLog().log });
    const { batchItemFailures } = await handle(sqsEvent([sqsRecord('', 'a'), sqsRecord('', 'b')]));
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(failed);
  });

  it('by throwing deletes nothing', async () => {
    const work = () => Promise.reject(new Error('boom'));
    const handle = queueHandler({ work, log: makeKeptLog().log });
    const { batchItemFailures } = await handle(sqsEvent([sqsRecord('', 'a'), sqsRecord('', 'b')]));
    expect(batchItemFailures).toHaveLength(2);
  });
});
