import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#shared/database/pool';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { claimOpenPayments } from '../../services/payment/sql/claim-open-payments';
import { listHeldEvents } from '../../services/payment/sql/list-held-events';
import { rowsOfPayment, writeRows } from '../support/money-statement';
import { insertPayment } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { endOpenPayments, putInStatus } from '../support/put-in-status';

const MINUTE = 60_000;
let databases: PaymentDatabase;
let db: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_reconcile', 8);
});
afterAll(() => databases.close());

/** Made `age` minutes ago. */
const insertOpen = async (
  age: number,
  status = 'requires_action',
  provider: 'stripe' | 'paypal' = 'stripe',
) => {
  const { id } = await insertPayment(databases.admin, { provider });
  await databases.admin.query(
    `update public.payments set created_at = now() - $2 * interval '1 minute' where id = $1`,
    [id, age],
  );
  await putInStatus(databases.admin, id, status);
  return id;
};

const idsOf = (payments: readonly { readonly id: string }[]) => payments.map(({ id }) => id).sort();

/** Paid for `age` minutes ago; PayPal has told its fee. */
const insertDisputed = async (
  status: string,
  age: number,
  provider: 'stripe' | 'paypal' = 'paypal',
  more: readonly Pick<Fact, 'kind' | 'objectId' | 'status' | 'amountMinor'>[] = [],
): Promise<string> => {
  const id = await insertOpen(age, 'created', provider);
  const fact = { amountMinor: 1999n, currency: 'USD', parentId: null };
  const captureId = `cap_${id}`;
  await writeRows(
    databases.admin,
    rowsOfPayment(
      id,
      [
        { ...fact, kind: 'capture', objectId: captureId, status: 'succeeded' },
        { ...fact, kind: 'dispute', objectId: `dp_${id}`, status, amountMinor: 0n, parentId: captureId },
        ...more.map((one) => ({ ...fact, ...one, parentId: captureId })),
      ],
      provider,
    ),
  );
  return id;
};

describe('claimOpenPayments', () => {
  beforeEach(() => endOpenPayments(databases.admin));

  it('takes open payments that are neither too young nor too old', async () => {
    const due = await insertOpen(3);
    await insertOpen(1);
    await insertOpen(61 * 24 * 60);
    await insertOpen(3, 'succeeded', 'paypal');
    await insertOpen(3, 'failed');
    await insertOpen(3, 'expired');
    expect(await claimOpenPayments(db, Date.now(), 50)).toEqual([
      {
        id: due,
        provider: 'stripe',
        providerRef: expect.any(String),
        userId: expect.any(String),
        description: '',
        amountMinor: 1999n,
        currency: 'USD',
        createdAt: expect.any(Number),
        wasDeclined: false,
      },
    ]);
  });

  it.each([
    'created',
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
  ])('counts %s as open', async (status) => {
    const id = await insertOpen(5, status);
    expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual([id]);
  });

  it('waits 5, 10, 20 ... minutes between looks, and half a day at most', async () => {
    await insertOpen(3);
    let now = Date.now();
    const waits: number[] = [];
    for (let look = 0; look < 12; look += 1) {
      expect(await claimOpenPayments(db, now, 50)).toHaveLength(1);
      expect(await claimOpenPayments(db, now, 50)).toHaveLength(0);
      const { rows } = await databases.admin.query<{ next_at: Date }>(
        `select next_at from private.payment_sweeps s join public.payments p on p.id = s.payment_id
         where p.status = 'requires_action'`,
      );
      const next = rows[0]?.next_at.getTime() ?? Number.NaN;
      expect(await claimOpenPayments(db, next - 1, 50)).toHaveLength(0);
      waits.push((next - now) / MINUTE);
      now = next;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 720, 720, 720, 720]);
  });

  it('takes what waited longest first, and no more than asked for', async () => {
    const ids = [await insertOpen(30), await insertOpen(20), await insertOpen(10)];
    expect(idsOf(await claimOpenPayments(db, Date.now(), 2))).toEqual(ids.slice(0, 2).sort());
    expect(idsOf(await claimOpenPayments(db, Date.now(), 2))).toEqual(ids.slice(2));
  });

  it('skips payments that somebody is writing', async () => {
    const busy = await insertOpen(9);
    const free = await insertOpen(3);
    await databases.admin.withConnection(async (other) => {
      await other.query('begin');
      await other.query('select from public.payments where id = $1 for update', [busy]);
      const started = Date.now();
      expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual([free]);
      expect(Date.now() - started).toBeLessThan(1_000);
      await other.query('rollback');
    });
    expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual([busy]);
  });

  it('gives each payment to one of many sweeps at once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push(await insertOpen(3));
    const now = Date.now();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimOpenPayments(db, now, 50)));
    expect(idsOf(claims.flat())).toEqual(ids.sort());
  });

  it('gives a payment to one sweep, should the other have read it before and lock it after', async () => {
    const id = await insertOpen(3);
    const now = Date.now();
    // The second statement starts while the first has claimed and not committed; the lock of the row is gone by then.
    await databases.admin.query(
      `insert into private.payment_sweeps (payment_id, attempts, next_at) values ($1, 1, now() - interval '1 minute')`,
      [id],
    );
    await databases.admin.withConnection(async (other) => {
      await other.query('begin');
      await other.query(
        `update private.payment_sweeps set next_at = now() + interval '10 minutes' where payment_id = $1`,
        [id],
      );
      const second = claimOpenPayments(db, now, 50);
      await sleep(50);
      await other.query('commit');
      expect(await second).toEqual([]);
    });
  });

  it('asks for the fee of a capture though that of its dispute is known', async () => {
    const withdrawn = {
      kind: 'withdrawal',
      objectId: 'txn_dispute',
      status: 'withdrawn',
      amountMinor: 1999n,
    } as const;
    const fee = (objectId: string) =>
      ({ kind: 'fee', objectId, status: 'charged', amountMinor: 88n }) as const;
    const feeless = await insertDisputed('lost', 5, 'stripe', [withdrawn, fee('txn_dispute')]);
    expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual([feeless]);
    const other = { ...withdrawn, objectId: 'txn_other' };
    await insertDisputed('lost', 5, 'stripe', [other, fee('txn_other'), fee('txn_charge')]);
    expect(await claimOpenPayments(db, Date.now(), 50)).toHaveLength(0);
  });

  it('asks about a refund on its way, however old its payment is', async () => {
    const refunded = (objectId: string, statuses: readonly string[]) =>
      statuses.map((status) => ({ kind: 'refund', objectId, status, amountMinor: 500n }) as const);
    const old = 200 * 24 * 60;
    const pending = await insertDisputed('lost', old, 'paypal', refunded('re_1', ['pending']));
    await insertDisputed('lost', old, 'paypal', refunded('re_2', ['pending', 'succeeded']));
    expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual([pending]);
    expect(await claimOpenPayments(db, Date.now() + 401 * 24 * 60 * MINUTE, 50)).toEqual([]);
    await databases.admin.query(
      `update private.payment_sweeps set next_at = 'infinity' where payment_id = $1`,
      [pending],
    );
  });

  it('reads no payment that is settled: there is an index for each reason', async () => {
    const plan = await databases.admin.withConnection(async (connection) => {
      await connection.query('begin');
      // What has no index of its own would be read whole all the same.
      await connection.query('set local enable_seqscan = off');
      const lines: string[] = [];
      const explaining = {
        query: async (text: string, values?: readonly unknown[]) => {
          const { rows } = await connection.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
          lines.push(...rows.map((row) => row['QUERY PLAN']));
          return { rows: [], rowCount: 0 };
        },
      };
      await claimOpenPayments(explaining as unknown as Database, Date.now(), 10);
      await connection.query('rollback');
      return lines.join('\n');
    });
    for (const reason of ['open', 'feeless', 'disputed']) expect(plan).toContain(`payments_${reason}_idx`);
    expect(plan).toContain('payment_facts_pending_refund_idx');
    expect(plan).not.toMatch(/Seq Scan on (payments|payment_facts)/);
  });

  // The last one: nothing ends these disputes.
  it('keeps asking about a payment while a dispute over it is open', async () => {
    const disputed = (status: string, age: number) => insertDisputed(status, age * 24 * 60);
    const asked = [await disputed('needs_response', 61), await disputed('warning_under_review', 1)];
    await disputed('lost', 61);
    await disputed('under_review', 401);
    expect(idsOf(await claimOpenPayments(db, Date.now(), 50))).toEqual(asked.sort());
  });
});

describe('listHeldEvents', () => {
  const insertEvent = (eventId: string, more: Record<string, unknown> = {}) => {
    const row = {
      provider: 'stripe',
      event_id: eventId,
      source: 'webhook',
      event_type: 'charge.succeeded',
      provider_ref: 'pi_held',
      mode: 'test',
      account: null,
      transmission_id: null,
      sha256: 'a'.repeat(64),
      body: '{"x":1}',
      received_at: '2026-11-22T12:00:00.000Z',
      outcome: 'held',
      ...more,
    };
    const names = Object.keys(row);
    return databases.admin.query(
      `insert into private.inbox (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    );
  };

  it('gives those whose payment has come, oldest first, as they were received', async () => {
    await insertEvent('evt_2', { received_at: '2026-11-22T12:00:02.000Z', account: 'acct_1' });
    await insertEvent('evt_1');
    await insertEvent('evt_foreign', { provider_ref: 'pi_foreign' });
    await insertEvent('evt_applied', { outcome: 'applied' });
    await insertEvent('evt_review', { outcome: 'review' });
    await insertEvent('obs_own', { source: 'confirm', body: null });
    await insertEvent('WH-1', { provider: 'paypal' });
    expect(await listHeldEvents(db, 10)).toEqual([]);
    await insertPayment(databases.admin, { providerRef: 'pi_held' });
    expect(await listHeldEvents(db, 10)).toEqual([
      {
        provider: 'stripe',
        eventId: 'evt_1',
        eventType: 'charge.succeeded',
        providerRef: 'pi_held',
        mode: 'test',
        account: null,
        transmissionId: null,
        sha256: 'a'.repeat(64),
        body: '{"x":1}',
        receivedAt: '2026-11-22T12:00:00.000Z',
      },
      expect.objectContaining({ eventId: 'evt_2', account: 'acct_1' }),
    ]);
    expect(await listHeldEvents(db, 1)).toHaveLength(1);
  });
});
