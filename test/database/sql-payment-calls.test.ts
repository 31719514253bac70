import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { applyReports } from '../../services/payment/sql/apply-reports';
import { claimUnsettledCalls } from '../../services/payment/sql/claim-unsettled-calls';
import { intendRefund, lockForRefund } from '../../services/payment/sql/intend-refund';
import { openPayment } from '../../services/payment/sql/open-payment';
import { intendCall, recordFailedCall } from '../../services/payment/sql/record-call';
import { settleAnsweredCalls } from '../../services/payment/sql/settle-answered-calls';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

let databases: PaymentDatabase;
let db: Database;
let sweeper: Database;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  db = databases.as('tandem_payment', 8);
  sweeper = databases.as('tandem_reconcile');
});
afterAll(() => databases.close());

const callRow = async (key: string) =>
  (
    await databases.admin.query<Record<string, unknown>>(
      'select * from private.provider_calls where key = $1',
      [key],
    )
  ).rows[0];

/** Notes what became of a call, as callProvider and reconcile do. */
const record = (key: string, state: 'unknown' | 'succeeded' | 'failed') =>
  state === 'succeeded'
    ? applyReports(db, [], [], [{ key, resultRef: 'ref_1' }])
    : recordFailedCall(db, { key, state, errorCode: 'provider_unavailable' });

describe('openPayment', () => {
  const newPayment = async () => {
    const id = randomUUID();
    return {
      id,
      userId: await insertUser(databases.admin),
      provider: 'stripe' as const,
      priceId: 'pro',
      description: 'Pro plan',
      amountMinor: 1999n,
      currency: 'USD',
      callKey: `create:${id}`,
    };
  };

  it('writes the payment and the call that will be made', async () => {
    const payment = await newPayment();
    await openPayment(db, payment);
    const { rows } = await databases.admin.query('select * from public.payments where id = $1', [payment.id]);
    expect(rows).toEqual([
      expect.objectContaining({ status: 'created', amount_minor: '1999', currency: 'USD', version: '1' }),
    ]);
    expect(await callRow(payment.callKey)).toMatchObject({
      payment_id: payment.id,
      operation: 'create',
      state: 'intended',
      attempts: 0,
      amount_minor: '1999',
      request: { userId: payment.userId, amountMinor: '1999', currency: 'USD', description: 'Pro plan' },
    });
  });

  it('changes nothing the second time, nor at the same time', async () => {
    const payment = await newPayment();
    await Promise.all(Array.from({ length: 8 }, () => openPayment(db, payment)));
    await record(payment.callKey, 'succeeded');
    await openPayment(db, { ...payment, amountMinor: 1n, description: 'other' });
    const { rows } = await databases.admin.query(
      'select amount_minor, description from public.payments where id = $1',
      [payment.id],
    );
    expect(rows).toEqual([{ amount_minor: '1999', description: 'Pro plan' }]);
    expect(await callRow(payment.callKey)).toMatchObject({ state: 'succeeded', amount_minor: '1999' });
  });

  it('finds what another try commits while it waits for that', async () => {
    const payment = await newPayment();
    let waiting: ReturnType<typeof openPayment> | undefined;
    await withTransaction(db, async (tx) => {
      await openPayment(tx, payment);
      waiting = openPayment(db, payment);
      const waits = async () =>
        (
          await databases.admin.query(
            "select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'",
          )
        ).rowCount === 1;
      while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    expect(await waiting).toMatchObject({ amountMinor: 1999n, status: 'created' });
  });

  it('writes neither without the other', async () => {
    const payment = { ...(await newPayment()), priceId: 'no-such-price' };
    await expect(openPayment(db, payment)).rejects.toMatchObject({ code: 'internal' });
    expect(await callRow(payment.callKey)).toBeUndefined();
  });
});

describe('what became of a call', () => {
  it.each([
    [['unknown', 'succeeded'], 'succeeded', 2],
    [['unknown', 'unknown', 'failed'], 'failed', 3],
    [['succeeded', 'unknown'], 'succeeded', 1],
    [['succeeded', 'failed'], 'succeeded', 1],
    [['failed', 'unknown'], 'failed', 1],
    // The result is there, whatever was believed before.
    [['failed', 'succeeded'], 'succeeded', 2],
  ] as const)('after %j the call is %s', async (outcomes, state, attempts) => {
    const { id } = await insertPayment(databases.admin);
    const { key } = await intendCall(db, { paymentId: id, provider: 'stripe', operation: 'capture' });
    for (const outcome of outcomes) await record(key, outcome);
    expect(await callRow(key)).toMatchObject({ state, attempts, attempted_at: expect.any(Date) });
    if (state === 'succeeded')
      expect(await callRow(key)).toMatchObject({ result_ref: 'ref_1', error_code: null });
  });

  it('says nothing about a call nobody intended', async () => {
    await record('capture:none:0', 'succeeded');
    expect(await callRow('capture:none:0')).toBeUndefined();
  });
});

describe('intendCall', () => {
  const newOrder = async () =>
    (await insertPayment(databases.admin, { provider: 'paypal', providerRef: `ORDER-${randomUUID()}` })).id;
  const intend = (paymentId: string, operation: 'create' | 'capture' | 'cancel') =>
    intendCall(sweeper, { paymentId, provider: 'paypal', operation });

  it('keeps its key until the provider has refused for good, then takes the next', async () => {
    const id = await newOrder();
    const calls = await Promise.all(Array.from({ length: 6 }, () => intend(id, 'capture')));
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([`capture:${id}:0`]));
    expect(calls.filter(({ isNew }) => isNew)).toHaveLength(1);
    await record(`capture:${id}:0`, 'unknown');
    expect(await intend(id, 'capture')).toMatchObject({
      key: `capture:${id}:0`,
      isNew: false,
      errorCode: 'provider_unavailable',
    });
    await record(`capture:${id}:0`, 'failed');
    expect(await intend(id, 'capture')).toMatchObject({ key: `capture:${id}:1`, isNew: true });
    await record(`capture:${id}:1`, 'succeeded');
    expect(await intend(id, 'capture')).toMatchObject({ key: `capture:${id}:1`, isNew: false });
  });

  it('numbers creations from the second on', async () => {
    const id = await newOrder();
    expect(await intend(id, 'create')).toMatchObject({ key: `create:${id}`, isNew: true });
    await record(`create:${id}`, 'failed');
    expect(await intend(id, 'create')).toMatchObject({ key: `create:${id}:1`, isNew: true });
    expect(await intend(id, 'create')).toMatchObject({ key: `create:${id}:1`, isNew: false });
  });

  it('lets a capture and a cancellation exclude each other, whoever comes first of many', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await newOrder();
      const wished = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? 'capture' : 'cancel'));
      const calls = await Promise.all(wished.map((operation) => intend(id, operation)));
      expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
      expect(calls.filter(({ isNew }) => isNew)).toHaveLength(1);
    }
  });

  it('never captures again what was given up, and gives up what was refused', async () => {
    const id = await newOrder();
    await intend(id, 'capture');
    expect(await intend(id, 'cancel')).toMatchObject({ operation: 'capture' });
    await record(`capture:${id}:0`, 'failed');
    expect(await intend(id, 'cancel')).toMatchObject({ operation: 'cancel', isNew: true });
    for (const state of ['unknown', 'succeeded'] as const) {
      await record(`cancel:${id}:0`, state);
      expect(await intend(id, 'capture')).toMatchObject({ key: `cancel:${id}:0`, operation: 'cancel' });
    }
    await expect(
      databases.admin.query(
        `insert into private.provider_calls (key, payment_id, provider, operation, request)
         values ('capture:by-hand', $1, 'paypal', 'capture', '{}')`,
        [id],
      ),
    ).rejects.toMatchObject({ cause: { constraint: 'provider_calls_one_end_idx' } });
  });
});

describe('settleAnsweredCalls', () => {
  /** A fact with what follows from it, in one statement, since the database checks both together. */
  const fact = (paymentId: string, kind: string, objectId: string, status: string, derived: string) =>
    databases.admin.query(
      `with known as (
         insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor)
         values ($1::uuid, 'paypal', $2, $3, $4, 'USD', 0)
       )
       update public.payments set status = $5 where id = $1::uuid`,
      [paymentId, kind, objectId, status, derived],
    );

  it('settles what is known by other ways, and nothing else', async () => {
    await databases.admin.query(
      `update private.provider_calls set state = 'failed' where state <> 'succeeded'`,
    );
    const order = async (providerRef: string | null) =>
      (await insertPayment(databases.admin, { provider: 'paypal', providerRef })).id;
    const intend = async (paymentId: string, operation: 'create' | 'capture' | 'cancel') =>
      (await intendCall(db, { paymentId, provider: 'paypal', operation })).key;
    const [made, unmade, taken, open, given, gone] = [
      await order('O-MADE'),
      await order(null),
      await order('O-TAKEN'),
      await order('O-OPEN'),
      await order('O-GIVEN'),
      await order(null),
    ];
    await fact(taken, 'capture', 'C-TAKEN', 'failed', 'requires_payment_method');
    await fact(given, 'cancellation', 'O-GIVEN', 'canceled', 'canceled');
    await fact(gone, 'expiry', gone, 'expired', 'expired');
    const keys = {
      made: await intend(made, 'create'),
      unmade: await intend(unmade, 'create'),
      taken: await intend(taken, 'capture'),
      open: await intend(open, 'capture'),
      given: await intend(given, 'cancel'),
      gone: await intend(gone, 'create'),
    };
    expect(await settleAnsweredCalls(sweeper)).toBe(4);
    const rows = Object.fromEntries(
      await Promise.all(
        Object.entries(keys).map(async ([name, key]) => {
          const row = await callRow(key);
          return [name, [row?.state, row?.result_ref, row?.error_code]];
        }),
      ),
    );
    expect(rows).toEqual({
      made: ['succeeded', 'O-MADE', null],
      unmade: ['intended', null, null],
      taken: ['succeeded', 'C-TAKEN', null],
      open: ['intended', null, null],
      given: ['succeeded', 'O-GIVEN', null],
      gone: ['failed', null, 'not_made'],
    });
  });
});

describe('refunds', () => {
  const intention = (paymentId: string, amountMinor: bigint, key = `refund:${randomUUID()}`) => ({
    key,
    paymentId,
    provider: 'stripe' as const,
    captureId: 'ch_1',
    amountMinor,
  });
  const intend = (refund: ReturnType<typeof intention>) =>
    withTransaction(db, async (tx) => {
      const lock = await lockForRefund(tx, refund.paymentId, refund.key);
      await intendRefund(tx, refund, Date.now());
      return lock;
    });

  it('reserves what is under way: intended and unknown, not what is known, not its own', async () => {
    const { id } = await insertPayment(databases.admin);
    const [intended, unknown, failed, succeeded] = [100n, 20n, 3n, 4n].map((minor) => intention(id, minor));
    for (const refund of [intended, unknown, failed, succeeded]) if (refund) await intend(refund);
    await record(unknown?.key ?? '', 'unknown');
    await record(failed?.key ?? '', 'failed');
    await record(succeeded?.key ?? '', 'succeeded');
    const none = { own: null, nextKey: 'refund:new' };
    expect(await lockForRefund(db, id, 'refund:new')).toEqual({ reservedMinor: 120n, ...none });
    const ownOf = async (refund: ReturnType<typeof intention> | undefined) =>
      lockForRefund(db, id, refund?.key ?? '');
    expect(await ownOf(intended)).toEqual({
      reservedMinor: 20n,
      own: {
        key: intended?.key,
        captureId: 'ch_1',
        amountMinor: 100n,
        state: 'intended',
        refundId: null,
        errorCode: null,
        createdAt: expect.any(Number),
        attemptedAt: null,
      },
      nextKey: `${intended?.key}:1`,
    });
    expect(await ownOf(succeeded)).toMatchObject({
      reservedMinor: 120n,
      own: { amountMinor: 4n, state: 'succeeded', refundId: 'ref_1' },
    });
    expect(await ownOf(failed)).toMatchObject({
      reservedMinor: 120n,
      own: { amountMinor: 3n, state: 'failed', errorCode: 'provider_unavailable' },
      nextKey: `${failed?.key}:1`,
    });
    const { id: other } = await insertPayment(databases.admin);
    expect(await lockForRefund(db, other, 'refund:new')).toEqual({ reservedMinor: 0n, ...none });
  });

  it('keep what was first intended, and reserve again when they are tried again', async () => {
    const { id } = await insertPayment(databases.admin);
    const refund = intention(id, 700n);
    await intend(refund);
    await intend({ ...refund, amountMinor: 5n, captureId: 'ch_2' });
    expect(await callRow(refund.key)).toMatchObject({ amount_minor: '700', request: { captureId: 'ch_1' } });
    expect(await callRow(refund.key)).toMatchObject({ state: 'intended', attempted_at: expect.any(Date) });
  });

  it('that failed are a call of their own the next time, and the latest is the one that counts', async () => {
    const { id } = await insertPayment(databases.admin);
    const refund = intention(id, 700n);
    await intend(refund);
    await record(refund.key, 'failed');
    const { nextKey } = await lockForRefund(db, id, refund.key);
    await intend({ ...refund, key: nextKey });
    expect(await callRow(refund.key)).toMatchObject({ state: 'failed' });
    expect(await lockForRefund(db, id, refund.key)).toMatchObject({
      reservedMinor: 0n,
      own: { key: `${refund.key}:1`, state: 'intended' },
      nextKey: `${refund.key}:2`,
    });
    expect(await lockForRefund(db, id, 'refund:new')).toMatchObject({ reservedMinor: 700n });
  });

  it('makes the second of two transactions wait and see the first one’s reservation', async () => {
    const { id } = await insertPayment(databases.admin);
    const order: string[] = [];
    let commit = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let locked = (): void => undefined;
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const first = withTransaction(db, async (tx) => {
      await lockForRefund(tx, id, 'refund:first');
      await intendRefund(tx, intention(id, 700n, `refund:${id}`), Date.now());
      locked();
      await hold;
      order.push('first');
    });
    await isLocked;
    const second = withTransaction(db, async (tx) => {
      const reserved = await lockForRefund(tx, id, 'refund:second');
      order.push('second');
      return reserved;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    commit();
    await first;
    expect(await second).toMatchObject({ reservedMinor: 700n, own: null });
    expect(order).toEqual(['first', 'second']);
  });

  it('without an outcome are claimed once they are old enough, oldest first, and only once', async () => {
    await databases.admin.query(
      `update private.provider_calls set state = 'failed' where state in ('intended', 'unknown')`,
    );
    const { id } = await insertPayment(databases.admin, { providerRef: 'pi_unsettled' });
    const [a, b, young, retried, settled] = [1n, 2n, 3n, 4n, 5n].map((minor) => intention(id, minor));
    for (const refund of [a, b, young, retried, settled]) if (refund) await intend(refund);
    await record(b?.key ?? '', 'unknown');
    await record(retried?.key ?? '', 'unknown');
    await record(settled?.key ?? '', 'succeeded');
    const age = (key: string | undefined, minutes: number, attempted: number | null) =>
      databases.admin.query(
        `update private.provider_calls set created_at = now() - $2 * interval '1 minute',
           attempted_at = now() - $3::int * interval '1 minute' where key = $1`,
        [key, minutes, attempted],
      );
    await age(a?.key, 10, null);
    await age(b?.key, 20, 15);
    await age(retried?.key, 30, 1);
    await age(settled?.key, 30, 29);
    const claim = (limit: number, later = 0, providers: readonly ('stripe' | 'paypal')[] = ['stripe']) =>
      claimUnsettledCalls(sweeper, { now: Date.now() + later, limit, providers });
    expect(await claim(10, 0, ['paypal'])).toEqual([]);
    expect(await claim(1)).toEqual([
      {
        key: b?.key,
        operation: 'refund',
        paymentId: id,
        provider: 'stripe',
        providerRef: 'pi_unsettled',
        currency: 'USD',
        captureId: 'ch_1',
        amountMinor: 2n,
        reason: 'requested_by_customer',
        errorCode: 'provider_unavailable',
        createdAt: expect.any(Number),
      },
    ]);
    // Side by side they take different ones.
    const claims = await Promise.all([claim(10), claim(10), claim(10)]);
    expect(claims.flat().map(({ amountMinor }) => amountMinor)).toEqual([1n]);
    const rest = (await claim(10, 150_000)).map(({ amountMinor }) => amountMinor);
    expect(rest.toSorted()).toEqual([1n, 2n, 3n, 4n]);
  });

  it('are tried ever more rarely, but at least every six hours', async () => {
    const { id } = await insertPayment(databases.admin);
    const refund = intention(id, 1n);
    await intend(refund);
    const waits = async (attempts: number): Promise<number> => {
      await databases.admin.query(
        `update private.provider_calls set attempts = $2, attempted_at = now() where key = $1`,
        [refund.key, attempts],
      );
      for (const minutes of [1, 2, 4, 8, 16, 32, 64, 128, 256, 360]) {
        const later = {
          now: Date.now() + minutes * 60_000 + 1_000,
          limit: 100,
          providers: ['stripe'] as const,
        };
        const claimed = await claimUnsettledCalls(sweeper, later);
        if (claimed.some(({ key }) => key === refund.key)) return minutes;
      }
      return Number.POSITIVE_INFINITY;
    };
    const minutes = [];
    for (const attempts of [0, 1, 2, 3, 4, 8, 20]) minutes.push(await waits(attempts));
    expect(minutes).toEqual([2, 2, 4, 8, 16, 256, 360]);
  });
});
