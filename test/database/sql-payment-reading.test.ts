import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import type { Payout } from '../../services/payment/domain/payout';
import { findPayment } from '../../services/payment/sql/find-payment';
import { listPayments, type PaymentPage } from '../../services/payment/sql/list-payments';
import { listPrices } from '../../services/payment/sql/list-prices';
import { loadPayments } from '../../services/payment/sql/load-payments';
import { rowsOfPayment, rowsOfPayouts, writeRows } from '../support/money-statement';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { putInStatus } from '../support/put-in-status';

let databases: PaymentDatabase;
let db: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_payment');
});
afterAll(() => databases.close());

const insertFacts = (id: string, objectId: string) => {
  const base = { status: 'succeeded', currency: 'USD' } as const;
  return writeRows(
    databases.admin,
    rowsOfPayment(id, [
      { ...base, kind: 'capture', objectId, amountMinor: 1999n, parentId: null },
      { ...base, kind: 'refund', objectId: `${objectId}r`, amountMinor: 500n, parentId: objectId },
      {
        ...base,
        kind: 'withdrawal',
        status: 'withdrawn',
        objectId: `${objectId}w`,
        amountMinor: 9n,
        parentId: objectId,
      },
      {
        ...base,
        kind: 'dispute',
        status: 'lost',
        objectId: `${objectId}d`,
        amountMinor: 0n,
        parentId: objectId,
      },
    ]),
  );
};

describe('loadPayments', () => {
  it('finds by the provider’s id, by ours, or by both, each payment once', async () => {
    const a = await insertPayment(databases.admin, { providerRef: 'pi_load_a' });
    const b = await insertPayment(databases.admin, { providerRef: null });
    await insertFacts(a.id, 'ch_load');
    const { payments: loaded } = await loadPayments(db, [
      { provider: 'stripe', providerRef: 'pi_load_a', paymentId: null },
      { provider: 'stripe', providerRef: 'pi_load_a', paymentId: a.id },
      { provider: 'stripe', providerRef: 'pi_load_b', paymentId: b.id },
      { provider: 'stripe', providerRef: null, paymentId: null },
      { provider: 'stripe', providerRef: 'pi_unknown', paymentId: randomUUID() },
    ]);
    expect(loaded.map(({ id }) => id).sort()).toEqual([a.id, b.id].sort());
    expect(loaded.find(({ id }) => id === a.id)).toMatchObject({
      userId: a.userId,
      provider: 'stripe',
      providerRef: 'pi_load_a',
      amountMinor: 1999n,
      currency: 'USD',
      version: 1n,
      open: null,
      reviewReason: null,
      priceId: 'pro',
    });
    const facts = loaded.find(({ id }) => id === a.id)?.facts ?? [];
    expect([...facts].sort((x, y) => (x.kind < y.kind ? -1 : 1)).slice(0, 3)).toEqual([
      {
        kind: 'capture',
        objectId: 'ch_load',
        status: 'succeeded',
        amountMinor: 1999n,
        currency: 'USD',
        parentId: null,
      },
      {
        kind: 'dispute',
        objectId: 'ch_loadd',
        status: 'lost',
        amountMinor: 0n,
        currency: 'USD',
        parentId: 'ch_load',
      },
      {
        kind: 'refund',
        objectId: 'ch_loadr',
        status: 'succeeded',
        amountMinor: 500n,
        currency: 'USD',
        parentId: 'ch_load',
      },
    ]);
    expect(loaded.find(({ id }) => id === b.id)?.facts).toEqual([]);
  });

  it('does not take one provider’s id for the other’s', async () => {
    const { id } = await insertPayment(databases.admin, { provider: 'paypal', providerRef: 'SAME' });
    const keys = [{ provider: 'stripe', providerRef: 'SAME', paymentId: id }] as const;
    expect(await loadPayments(db, keys)).toEqual({ payments: [], payouts: [] });
  });

  it('shows both payments that a report’s two ids point to', async () => {
    const a = await insertPayment(databases.admin, { providerRef: 'pi_both' });
    const b = await insertPayment(databases.admin, { providerRef: null });
    const keys = [{ provider: 'stripe', providerRef: 'pi_both', paymentId: b.id }] as const;
    expect((await loadPayments(db, keys)).payments.map(({ id }) => id).sort()).toEqual([a.id, b.id].sort());
  });

  it('gives an open status only when all of it was observed', async () => {
    const { id } = await insertPayment(databases.admin);
    await databases.admin.query(
      `update public.payments set status = 'processing', observed_status = 'processing', observed_at = '2026-11-22T10:00:00.123Z',
         observed_rank = 3, observed_event = 'evt_1', last_error_code = 'card_declined' where id = $1`,
      [id],
    );
    expect((await findPayment(db, id))?.open).toEqual({
      status: 'processing',
      at: '2026-11-22T10:00:00.123Z',
      eventId: 'evt_1',
      errorCode: 'card_declined',
    });
  });

  it('asks nothing for no keys', async () => {
    const silent = { query: () => Promise.reject(new Error('asked')) };
    expect(await loadPayments(silent, [])).toEqual({ payments: [], payouts: [] });
  });

  it('finds all reports of the payouts asked for, with payments or without any', async () => {
    const payout = { provider: 'stripe', objectId: 'po_load', amountMinor: 5n, currency: 'USD' } as const;
    const reports: readonly Payout[] = [
      { ...payout, status: 'paid' },
      { ...payout, status: 'failed' },
    ];
    await writeRows(
      databases.admin,
      rowsOfPayouts([...reports, { ...payout, objectId: 'po_other', status: 'paid' }]),
    );
    const { id } = await insertPayment(databases.admin);
    const alone = await loadPayments(db, [], [payout, payout, { ...payout, objectId: 'po_unknown' }]);
    expect(alone.payments).toEqual([]);
    const byStatus = [...alone.payouts].sort((a, b) => (a.status < b.status ? 1 : -1));
    expect(byStatus).toEqual(reports);
    const both = await loadPayments(db, [{ provider: 'stripe', providerRef: null, paymentId: id }], [payout]);
    expect([both.payments.map((payment) => payment.id), both.payouts.length]).toEqual([[id], 2]);
    const none = await loadPayments(db, [{ provider: 'stripe', providerRef: null, paymentId: id }]);
    expect([none.payments.length, none.payouts]).toEqual([1, []]);
  });
});

describe('findPayment', () => {
  it('finds one with its facts, or null', async () => {
    const { id } = await insertPayment(databases.admin);
    await insertFacts(id, 'ch_find');
    expect((await findPayment(db, id))?.facts).toHaveLength(4);
    expect(await findPayment(db, randomUUID())).toBeNull();
  });
});

describe('listPayments', () => {
  const pageOf = (userId: string, more: Partial<PaymentPage> = {}): PaymentPage => ({
    userId,
    limit: 100,
    after: null,
    status: null,
    provider: null,
    ...more,
  });

  /** Seven payments: three of them in the very same microsecond. */
  const insertHistory = async () => {
    const userId = await insertUser(databases.admin);
    const times = [
      '2026-11-01 10:00:00.000001+00',
      '2026-11-01 10:00:00.000002+00',
      '2026-11-01 10:00:00.000002+00',
      '2026-11-01 10:00:00.000002+00',
      '2026-11-01 10:00:00.000003+00',
      '2026-11-02 00:00:00+00',
      '2026-11-03 00:00:00.5+01',
    ];
    for (const [index, at] of times.entries()) {
      const provider = index % 2 === 0 ? 'stripe' : 'paypal';
      const { id } = await insertPayment(databases.admin, { userId, provider, providerRef: null });
      await databases.admin.query('update public.payments set created_at = $2 where id = $1', [id, at]);
      await putInStatus(databases.admin, id, index === 5 ? 'canceled' : 'created');
    }
    return userId;
  };

  it.each([1, 2, 3, 7])('walks by cursors of %i over all rows once, equal times included', async (limit) => {
    const userId = await insertHistory();
    const all = await listPayments(db, pageOf(userId));
    expect(all).toHaveLength(7);
    const walked: string[] = [];
    let after: PaymentPage['after'] = null;
    for (;;) {
      const page = await listPayments(db, pageOf(userId, { limit, after }));
      const last = page.at(-1);
      if (last === undefined) break;
      walked.push(...page.map(({ id }) => id));
      after = { createdAt: last.cursorAt, id: last.id };
    }
    expect(walked).toEqual(all.map(({ id }) => id));
    const times = all.map(({ cursorAt }) => cursorAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(times[0]).toBe('2026-11-02T23:00:00.500000Z');
  });

  it('filters by status and provider, and never shows other users’', async () => {
    const userId = await insertHistory();
    expect(await listPayments(db, pageOf(userId, { status: 'canceled' }))).toHaveLength(1);
    expect(await listPayments(db, pageOf(userId, { provider: 'stripe' }))).toHaveLength(4);
    expect(await listPayments(db, pageOf(userId, { provider: 'stripe', status: 'canceled' }))).toEqual([]);
    expect(await listPayments(db, pageOf(randomUUID()))).toEqual([]);
  });

  it('gives what was reversed and the dispute', async () => {
    const { id, userId } = await insertPayment(databases.admin);
    await insertFacts(id, 'ch_list');
    expect(await listPayments(db, pageOf(userId))).toEqual([
      expect.objectContaining({
        status: 'partially_refunded',
        capturedMinor: 1999n,
        refundedMinor: 500n,
        reversedMinor: 9n,
        disputeStatus: 'lost',
      }),
    ]);
  });

  it('gives amounts as bigint and times as they are', async () => {
    const { id, userId } = await insertPayment(databases.admin, { amountMinor: 99_999_999n });
    expect(await listPayments(db, pageOf(userId))).toEqual([
      expect.objectContaining({
        id,
        amountMinor: 99_999_999n,
        capturedMinor: 0n,
        refundedMinor: 0n,
        reversedMinor: 0n,
        disputeStatus: null,
        createdAt: expect.any(Date),
      }),
    ]);
  });
});

describe('listPrices', () => {
  it('gives the active catalogue in one order', async () => {
    await databases.admin.query(
      `insert into public.prices (id, name, currency, amount_minor, active) values ('gone', 'Gone', 'USD', 1, false)`,
    );
    const prices = await listPrices(db);
    expect(prices.map(({ id }) => id)).toEqual(['donation', 'pro', 'team', 'tokyo-guide']);
    expect(prices[0]).toMatchObject({ amountMinor: null, minAmountMinor: 100n, maxAmountMinor: 100_000n });
    expect(prices[1]).toMatchObject({ amountMinor: 1999n, minAmountMinor: null, maxAmountMinor: null });
  });
});
