import type { Database } from '#shared/database/pool';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { ledgerOf } from '../../services/payment/domain/ledger';
import type { Movement } from '../../services/payment/domain/movement';
import { keepMovements } from '../../services/payment/sql/keep-movements';
import { countOpenDrift, listOpenDrift } from '../../services/payment/sql/list-open-drift';
import { loadDay, loadEntries, loadUnlisted } from '../../services/payment/sql/load-entries';
import { moveCursor, openCursor } from '../../services/payment/sql/move-cursor';
import { type FoundDrift, recordDrift } from '../../services/payment/sql/record-drift';
import { rowsOfPayment, writeRows } from '../support/money-statement';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

const DAY = 24 * 3_600_000;

let databases: PaymentDatabase;
let db: Database;
beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_reconcile', 4);
});
afterAll(() => databases.close());

describe('a cursor', () => {
  const opened = (list: 'events' | 'movements', now: number) =>
    openCursor(db, { provider: 'stripe', list, now, earliest: now - 30 * DAY });

  it('starts now where there is no payment, and at the oldest one where there is, but never too far back', async () => {
    const now = Date.now();
    expect((await openCursor(db, { provider: 'paypal', list: 'events', now, earliest: 0 })).readUntil).toBe(
      now,
    );
    const { id } = await insertPayment(databases.admin, { provider: 'stripe' });
    await databases.admin.query(
      `update public.payments set created_at = now() - interval '3 days' where id = $1`,
      [id],
    );
    const young = await opened('events', now);
    expect(Math.abs(young.readUntil - (now - 3 * DAY))).toBeLessThan(60_000);
    await databases.admin.query(
      `update public.payments set created_at = now() - interval '90 days' where id = $1`,
      [id],
    );
    expect((await opened('movements', now)).readUntil).toBe(now - 30 * DAY);
  });

  it('is moved by one of two, never back, and keeps its place in a window', async () => {
    const cursor = await opened('events', Date.now());
    const window = { from: 1000, until: 2000, mark: 'evt_1' };
    const moved = await moveCursor(db, { ...cursor, window });
    expect(moved).toMatchObject({ window, readUntil: cursor.readUntil, version: cursor.version + 1n });
    expect(await moveCursor(db, { ...cursor, window: null })).toBeNull();
    if (moved === null) throw new Error('it was moved');
    await expect(moveCursor(db, { ...moved, readUntil: 0 })).rejects.toThrow();
    expect(await opened('events', Date.now())).toEqual(moved);
  });
});

const movement = (objectId: string, more: Partial<Movement> = {}): Movement => ({
  provider: 'stripe',
  books: 'capture',
  objectId,
  orKey: null,
  lineId: `txn_${objectId}`,
  amountMinor: 1999n,
  currency: 'USD',
  settledCurrency: 'USD',
  isPending: false,
  providerRef: null,
  paymentId: null,
  parentId: null,
  at: '2026-01-01T23:59:59.999Z',
  ...more,
});

describe('movements', () => {
  it('are kept once, as they were listed last', async () => {
    await keepMovements(db, [movement('ch_a', { isPending: true }), movement('ch_b'), movement('ch_b')]);
    await keepMovements(db, [movement('ch_a', { amountMinor: 5n })]);
    const page = { provider: 'stripe', day: '2026-01-01', limit: 10 } as const;
    const entries = await loadDay(db, { ...page, after: '' });
    expect(entries.map(({ key, theirs }) => [key, theirs?.amountMinor, theirs?.isPending])).toEqual([
      ['stripe:capture:ch_a:succeeded', 5n, false],
      ['stripe:capture:ch_b:succeeded', 1999n, false],
    ]);
    expect(await loadDay(db, { ...page, after: 'stripe:capture:ch_a:succeeded' })).toHaveLength(1);
    expect(await loadDay(db, { ...page, day: '2026-01-02', after: '' })).toEqual([]);
  });

  it('find their payment by the intent, by our id, and by the capture they belong to', async () => {
    const { id } = await insertPayment(databases.admin, { provider: 'stripe', providerRef: 'pi_known' });
    await keepMovements(db, [
      movement('ch_ref', { providerRef: 'pi_known' }),
      movement('ch_own', { paymentId: id }),
      movement('ch_foreign', { providerRef: 'pi_other' }),
      movement('po_1', { books: 'payout', paymentId: id }),
    ]);
    const keys = ['ch_ref', 'ch_own', 'ch_foreign'].map((one) => `stripe:capture:${one}:succeeded`);
    const entries = await loadEntries(db, [
      ...keys,
      'stripe:payout:po_1:made',
      'stripe:capture:none:succeeded',
    ]);
    const found = new Map(entries.map(({ key, paymentId }) => [key.split(':')[2], paymentId]));
    expect(Object.fromEntries(found)).toEqual({ ch_ref: id, ch_own: id, ch_foreign: null, po_1: null });
  });
});

describe('what PayPal took, which its statement lists once', () => {
  const fact = (kind: Fact['kind'], objectId: string, status: string): Fact => ({
    kind,
    objectId,
    status,
    amountMinor: 1999n,
    currency: 'USD',
    parentId: kind === 'capture' ? null : 'CAP_TWICE',
  });
  const known: Fact[] = [];
  let id: string;
  /** The keys of what we booked of it and the statement is not for. */
  const unlistedWith = async (...facts: readonly Fact[]): Promise<readonly string[]> => {
    const before = new Set(ledgerOf('paypal', known).map(({ key }) => key));
    known.push(...facts);
    const rows = rowsOfPayment(id, known, 'paypal');
    const isNew = (row: Readonly<Record<string, unknown>>) =>
      !before.has(String(row.key ?? row.transaction_key));
    await writeRows(databases.admin, {
      ...rows,
      facts: rows.facts.slice(-facts.length),
      transactions: rows.transactions.filter(isNew),
      entries: rows.entries.filter(isNew),
    });
    const page = { provider: 'paypal', from: 0, until: Date.now() + DAY, after: '', limit: 50 } as const;
    const unlisted = (await loadUnlisted(db, page)).map(({ key }) => key);
    // Asked about one by one, as a repair does, they differ in the same way.
    for (const { key } of ledgerOf('paypal', known)) {
      const [entry] = await loadEntries(db, [key]);
      expect([key, entry?.theirs === null]).toEqual([
        key,
        entry === undefined ? false : unlisted.includes(key),
      ]);
    }
    return unlisted;
  };

  it('is one refund or one withdrawal; the other one besides is told, until the refund is returned', async () => {
    ({ id } = await insertPayment(databases.admin, { provider: 'paypal' }));
    const line = { provider: 'paypal', parentId: 'CAP_TWICE' } as const;
    await keepMovements(db, [
      movement('CAP_TWICE', { ...line, parentId: null }),
      movement('REF_TWICE', { ...line, books: 'refund', orKey: 'paypal:withdrawal:CAP_TWICE:withdrawn' }),
    ]);
    expect(await unlistedWith(fact('capture', 'CAP_TWICE', 'succeeded'))).toEqual([]);
    expect(await unlistedWith(fact('withdrawal', 'CAP_TWICE', 'withdrawn'))).toEqual([]);
    // The order lists the refund only now.
    const twice = ['paypal:withdrawal:CAP_TWICE:withdrawn'];
    expect(await unlistedWith(fact('refund', 'REF_TWICE', 'succeeded'))).toEqual(twice);
    expect(await unlistedWith(fact('refund', 'REF_TWICE', 'canceled'))).toEqual([]);
  });
});

describe('drift', () => {
  const found = (key: string, more: Partial<FoundDrift> = {}): FoundDrift => ({
    key,
    provider: 'stripe',
    books: 'capture',
    objectId: 'ch_1',
    paymentId: null,
    providerRef: null,
    difference: 'missing_here',
    field: 'movement',
    ours: null,
    theirs: '1999 USD',
    cause: 'created_outside',
    at: Date.parse('2026-01-01T12:00:00Z'),
    ...more,
  });
  const rowsOf = async (key: string) => {
    const { rows } = await databases.admin.query<Record<string, unknown>>(
      `select difference, theirs, first_seen, last_seen, resolved_at is null as open from private.drift
       where key = $1 order by first_seen`,
      [key],
    );
    return rows;
  };

  it('stays one row while it is seen, is resolved when it is not, and opens another when it comes back', async () => {
    await recordDrift(db, ['a', 'b'], [found('a'), found('b')], 1_000);
    await recordDrift(db, ['a', 'b'], [found('a', { theirs: '5 USD' })], 2_000);
    expect(await rowsOf('a')).toEqual([
      {
        difference: 'missing_here',
        theirs: '5 USD',
        first_seen: new Date(1_000),
        last_seen: new Date(2_000),
        open: true,
      },
    ]);
    expect((await rowsOf('b')).map(({ open }) => open)).toEqual([false]);
    await recordDrift(db, ['b'], [found('b')], 3_000);
    expect((await rowsOf('b')).map(({ open }) => open)).toEqual([false, true]);
    // Nobody looked at it: it stays.
    await recordDrift(db, ['b'], [], 4_000);
    expect((await rowsOf('a')).map(({ open }) => open)).toEqual([true]);
    expect(await listOpenDrift(db, 'stripe', 10)).toEqual(['a']);
    expect(await countOpenDrift(db)).toBe(1);
  });

  it('that has become another difference is another row', async () => {
    await recordDrift(db, ['c'], [found('c')], 1_000);
    await recordDrift(
      db,
      ['c'],
      [found('c', { difference: 'differs', field: 'amount', ours: '1 USD' })],
      2_000,
    );
    expect((await rowsOf('c')).map(({ difference, open }) => [difference, open])).toEqual([
      ['missing_here', false],
      ['differs', true],
    ]);
  });

  it.each(['private.drift', 'private.provider_movements'])('%s never loses a row', async (table) => {
    await expect(databases.admin.query(`delete from ${table}`)).rejects.toThrow();
    await expect(databases.admin.query(`truncate ${table}`)).rejects.toThrow();
  });
});
