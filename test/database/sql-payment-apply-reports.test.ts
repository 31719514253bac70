import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { derivePayment } from '../../services/payment/domain/derive-payment';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { ledgerOf } from '../../services/payment/domain/ledger';
import { applyReports, type InboxEntry, type PaymentChange } from '../../services/payment/sql/apply-reports';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { expectSoundBooks, openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let db: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_reconcile', 8);
});
afterAll(() => databases.close());
afterEach(() => expectSoundBooks(databases.admin));

const captureOf = (objectId: string): Fact => ({
  kind: 'capture',
  objectId,
  status: 'succeeded',
  amountMinor: 1999n,
  currency: 'USD',
  parentId: null,
});

const changeOf = (id: string, facts: readonly Fact[], more: Partial<PaymentChange> = {}): PaymentChange => ({
  id,
  provider: 'stripe',
  version: 1n,
  providerRef: `pi_${id.slice(0, 8)}`,
  derived: derivePayment(facts, null),
  open: null,
  reviewReason: null,
  newFacts: facts,
  ledger: ledgerOf('stripe', facts),
  ...more,
});

const entryOf = (paymentId: string | null, more: Partial<InboxEntry> = {}): InboxEntry => ({
  provider: 'stripe',
  eventId: `evt_${randomUUID()}`,
  source: 'webhook',
  eventType: 'payment_intent.succeeded',
  providerRef: 'pi_1',
  paymentId,
  mode: 'test',
  account: null,
  transmissionId: null,
  sha256: null,
  body: '{}',
  observation: null,
  receivedAt: '2026-11-22T12:00:00.000Z',
  outcome: 'applied',
  reason: null,
  ...more,
});

const inboxRow = async (eventId: string) =>
  (await databases.admin.query('select * from private.inbox where event_id = $1', [eventId])).rows[0];

const versionOf = async (id: string) =>
  (
    await databases.admin.query<{ version: string }>('select version from public.payments where id = $1', [
      id,
    ])
  ).rows[0]?.version;

it.each(['tandem_payment', 'tandem_reconcile'])(
  'as %s writes facts, bookings, state and inbox of a payment whose version fits',
  async (role) => {
    const { id } = await insertPayment(databases.admin);
    const entry = entryOf(id);
    const open = {
      status: 'processing',
      at: '2026-11-22T11:00:00.000Z',
      eventId: 'evt_open',
      errorCode: 'x',
    } as const;
    const as = databases.as(role, 1);
    await applyReports(as, [], [{ ...entry, paymentId: null, outcome: 'held' }]);
    const written = await applyReports(as, [changeOf(id, [captureOf(`ch_${id}`)], { open })], [entry]);
    expect(written).toEqual(new Map([[id, expect.any(Date)]]));
    const { payment, facts, ledger } = await paymentRows(databases.admin, id);
    expect(payment).toMatchObject({ status: 'succeeded', captured_minor: '1999', fee_minor: '0' });
    expect(facts).toHaveLength(1);
    expect(ledger).toHaveLength(2);
    expect(await versionOf(id)).toBe('2');
    expect(await inboxRow(entry.eventId)).toMatchObject({ payment_id: id, outcome: 'applied', attempts: 2 });
    const { rows } = await databases.admin.query(
      'select observed_status, observed_rank, observed_event, last_error_code from public.payments where id = $1',
      [id],
    );
    expect(rows[0]).toEqual({
      observed_status: 'processing',
      observed_rank: 3,
      observed_event: 'evt_open',
      last_error_code: 'x',
    });
  },
);

it('leaves out a payment that moved on, with its inbox row, and writes its neighbours', async () => {
  const moved = await insertPayment(databases.admin);
  const still = await insertPayment(databases.admin);
  const entries = [entryOf(moved.id), entryOf(still.id), entryOf(null, { outcome: 'ignored' })];
  const written = await applyReports(
    db,
    [
      changeOf(moved.id, [captureOf(`ch_${moved.id}`)], { version: 7n }),
      changeOf(still.id, [captureOf(`ch_${still.id}`)]),
    ],
    entries,
  );
  expect([...written.keys()]).toEqual([still.id]);
  expect(await paymentRows(databases.admin, moved.id)).toMatchObject({ facts: [], ledger: [] });
  expect(await versionOf(moved.id)).toBe('1');
  const stored = await Promise.all(entries.map(({ eventId }) => inboxRow(eventId)));
  expect(stored.map((row) => row !== undefined)).toEqual([false, true, true]);
});

it('lets one of many writers of a version win', async () => {
  const { id } = await insertPayment(databases.admin);
  const results = await Promise.all(
    Array.from({ length: 12 }, () =>
      applyReports(db, [changeOf(id, [captureOf(`ch_${id}`)])], [entryOf(id)]),
    ),
  );
  expect(results.filter((written) => written.has(id))).toHaveLength(1);
  const { facts, ledger } = await paymentRows(databases.admin, id);
  expect([facts.length, ledger.length, await versionOf(id)]).toEqual([1, 2, '2']);
  const { rows } = await databases.admin.query('select event_id from private.inbox where payment_id = $1', [
    id,
  ]);
  expect(rows).toHaveLength(1);
});

it('never deadlocks over the same payments in other orders', async () => {
  const payments: string[] = [];
  for (let n = 0; n < 6; n += 1) payments.push((await insertPayment(databases.admin)).id);
  const write = (ids: readonly string[]) =>
    applyReports(
      db,
      ids.map((id) => changeOf(id, [captureOf(`ch_${id}`)])),
      ids.map((id) => entryOf(id, { eventId: `evt_${id}` })),
    );
  const results = await Promise.all(
    Array.from({ length: 16 }, (_, n) => write(n % 2 === 0 ? payments : [...payments].reverse())),
  );
  expect(results.flatMap((written) => [...written.keys()]).sort()).toEqual([...payments].sort());
});

it('keeps bookings the ledger has', async () => {
  const { id } = await insertPayment(databases.admin);
  const capture = captureOf(`ch_${id}`);
  await applyReports(db, [changeOf(id, [capture])], []);
  const refund: Fact = {
    ...capture,
    kind: 'refund',
    objectId: `re_${id}`,
    amountMinor: 500n,
    parentId: capture.objectId,
  };
  const change = changeOf(id, [capture, refund], { version: 2n });
  const written = await applyReports(db, [{ ...change, newFacts: [refund] }], []);
  expect(written.has(id)).toBe(true);
  const { ledger } = await paymentRows(databases.admin, id);
  expect(ledger.map(({ kind, amount_minor }) => `${kind} ${amount_minor}`)).toEqual([
    'capture -1999',
    'capture 1999',
    'refund 500',
    'refund -500',
  ]);
});

it('moves updated_at with what the owner sees, and with nothing else', async () => {
  const { id } = await insertPayment(databases.admin);
  const change = changeOf(id, [captureOf(`ch_${id}`)]);
  const first = (await applyReports(db, [change], [])).get(id);
  const open = {
    status: 'processing',
    at: '2026-11-22T11:00:00.000Z',
    eventId: 'evt_late',
    errorCode: null,
  } as const;
  const late = { ...change, version: 2n, newFacts: [], open };
  expect((await applyReports(db, [late], [])).get(id)).toEqual(first);
  const seen = { ...late, version: 3n, open: { ...open, errorCode: 'card_declined' } };
  expect((await applyReports(db, [seen], [])).get(id)?.getTime()).toBeGreaterThan(first?.getTime() ?? 0);
});

describe('the inbox', () => {
  it.each([
    ['applied', 'held'],
    ['applied', 'review'],
    ['ignored', 'ignored'],
    ['dismissed', 'held'],
  ] as const)('keeps an event that was %s as it first came, when it is %s later', async (outcome, later) => {
    const { id } = await insertPayment(databases.admin);
    const entry = entryOf(outcome === 'ignored' ? null : id, { outcome, body: '{"first":true}' });
    await applyReports(db, [], [entry]);
    await applyReports(
      db,
      [],
      [{ ...entry, outcome: later, body: '{"first":false}', observation: null, reason: 'x' }],
    );
    expect(await inboxRow(entry.eventId)).toMatchObject({ outcome, reason: null, attempts: 1 });
    expect(await inboxRow(entry.eventId)).toMatchObject({ body: '{"first":true}' });
  });

  it('notes when asking about an applied event again brings what a person must see', async () => {
    const { id } = await insertPayment(databases.admin);
    const entry = entryOf(id, { observation: '{"seen":1}' });
    await applyReports(db, [], [entry]);
    await applyReports(db, [], [{ ...entry, outcome: 'review', reason: 'x', observation: '{"seen":2}' }]);
    expect(await inboxRow(entry.eventId)).toMatchObject({ outcome: 'review', observation: '{"seen":2}' });
  });

  it('keeps what is under review for a person, whatever the provider has forgotten', async () => {
    const { id } = await insertPayment(databases.admin);
    const entry = entryOf(id, { outcome: 'review', reason: 'other_amount' });
    await applyReports(db, [], [entry]);
    await applyReports(db, [], [{ ...entry, paymentId: null, outcome: 'ignored', reason: 'no such order' }]);
    expect(await inboxRow(entry.eventId)).toMatchObject({ outcome: 'review', payment_id: id });
  });

  it('has positions in the order of judgement, which a report keeps while nothing new is said of it', async () => {
    const { id } = await insertPayment(databases.admin);
    const position = async (eventId: string): Promise<bigint> => {
      const text = 'select position from private.inbox where event_id = $1';
      const { rows } = await databases.admin.query<{ position: string }>(text, [eventId]);
      return BigInt(rows[0]?.position ?? -1);
    };
    const [z, a] = [entryOf(null, { eventId: `evt_z${id}` }), entryOf(null, { eventId: `evt_a${id}` })];
    const held = entryOf(null, { outcome: 'held', reason: 'waits' });
    await applyReports(db, [], [z, a, held]);
    expect([await position(a.eventId), await position(held.eventId)].map((at) => at - 1n)).toEqual([
      await position(z.eventId),
      await position(a.eventId),
    ]);
    const first = await position(held.eventId);
    await applyReports(db, [], [held]);
    expect(await position(held.eventId)).toBe(first);
    await applyReports(db, [], [{ ...held, paymentId: id, outcome: 'applied', reason: null }]);
    expect(await position(held.eventId)).toBeGreaterThan(first);
  });

  it.each(['held', 'review'] as const)('lets an event that was %s take effect later', async (outcome) => {
    const { id } = await insertPayment(databases.admin);
    const entry = entryOf(null, { outcome, reason: 'waits', observation: '{"seen":1}' });
    await applyReports(db, [], [entry]);
    const later = { ...entry, paymentId: id, outcome: 'applied', reason: null, body: '{"other":1}' } as const;
    await applyReports(db, [], [{ ...later, observation: null }]);
    expect(await inboxRow(entry.eventId)).toMatchObject({
      outcome: 'applied',
      reason: null,
      payment_id: id,
      attempts: 2,
      body: '{}',
      observation: '{"seen":1}',
    });
  });

  it('tells apart equal event ids of two providers', async () => {
    const entry = entryOf(null, { outcome: 'ignored' });
    await applyReports(db, [], [entry, { ...entry, provider: 'paypal' }]);
    const { rows } = await databases.admin.query('select from private.inbox where event_id = $1', [
      entry.eventId,
    ]);
    expect(rows).toHaveLength(2);
  });

  it('survives texts that JSON and Postgres write differently', async () => {
    const body = JSON.stringify({ text: 'quote " backslash \\ newline \n emoji 🪙 separator \u2028' });
    const entry = entryOf(null, { outcome: 'ignored', body });
    await applyReports(db, [], [entry]);
    expect(await inboxRow(entry.eventId)).toMatchObject({ body });
  });
});

it('undoes everything when one part is refused', async () => {
  const { id } = await insertPayment(databases.admin);
  const entry = entryOf(id);
  const facts = [captureOf(`ch_${id}`)];
  const derived = { ...derivePayment(facts, null), capturedMinor: 1998n };
  await expect(applyReports(db, [changeOf(id, facts, { derived })], [entry])).rejects.toMatchObject({
    cause: { constraint: 'payments_follow_facts' },
  });
  expect(await paymentRows(databases.admin, id)).toMatchObject({ facts: [], ledger: [] });
  expect(await inboxRow(entry.eventId)).toBeUndefined();
});
