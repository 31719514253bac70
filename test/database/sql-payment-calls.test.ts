import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { applyReports } from '../../services/payment/sql/apply-reports';
import { intendRefund, lockForRefund } from '../../services/payment/sql/intend-refund';
import { listUnsettledRefunds } from '../../services/payment/sql/list-unsettled-refunds';
import { openPayment } from '../../services/payment/sql/open-payment';
import { intendCapture, recordFailedCall } from '../../services/payment/sql/record-call';
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
  (await databases.admin.query('select * from private.provider_calls where key = $1', [key])).rows[0];

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
    const key = await intendCapture(db, { id, provider: 'stripe' });
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

describe('intendCapture', () => {
  it('keeps its key until the provider has refused for good, then takes the next', async () => {
    const { id } = await insertPayment(databases.admin, { provider: 'paypal', providerRef: 'ORDER-1' });
    const intend = () => intendCapture(sweeper, { id, provider: 'paypal' });
    const keys = await Promise.all(Array.from({ length: 6 }, intend));
    expect(new Set(keys)).toEqual(new Set([`capture:${id}:0`]));
    await record(`capture:${id}:0`, 'unknown');
    expect(await intend()).toBe(`capture:${id}:0`);
    await record(`capture:${id}:0`, 'failed');
    expect(await intend()).toBe(`capture:${id}:1`);
    await record(`capture:${id}:1`, 'succeeded');
    expect(await intend()).toBe(`capture:${id}:1`);
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
      await intendRefund(tx, refund);
      return lock;
    });

  it('reserves what is under way: intended and unknown, not what is known, not its own', async () => {
    const { id } = await insertPayment(databases.admin);
    const [intended, unknown, failed, succeeded] = [100n, 20n, 3n, 4n].map((minor) => intention(id, minor));
    for (const refund of [intended, unknown, failed, succeeded]) if (refund) await intend(refund);
    await record(unknown?.key ?? '', 'unknown');
    await record(failed?.key ?? '', 'failed');
    await record(succeeded?.key ?? '', 'succeeded');
    expect(await lockForRefund(db, id, 'refund:new')).toEqual({ reservedMinor: 120n, own: null });
    const ownOf = async (refund: ReturnType<typeof intention> | undefined) =>
      lockForRefund(db, id, refund?.key ?? '');
    const first = { captureId: 'ch_1', createdAt: expect.any(Number), refundId: null };
    expect(await ownOf(intended)).toEqual({
      reservedMinor: 20n,
      own: { ...first, amountMinor: 100n, state: 'intended' },
    });
    expect(await ownOf(succeeded)).toMatchObject({
      reservedMinor: 120n,
      own: { amountMinor: 4n, state: 'succeeded' },
    });
    expect(await ownOf(failed)).toEqual({
      reservedMinor: 120n,
      own: { ...first, amountMinor: 3n, state: 'failed' },
    });
    const { id: other } = await insertPayment(databases.admin);
    expect(await lockForRefund(db, other, 'refund:new')).toEqual({ reservedMinor: 0n, own: null });
  });

  it('keep what was first intended, and reserve again when they are tried again', async () => {
    const { id } = await insertPayment(databases.admin);
    const refund = intention(id, 700n);
    await intend(refund);
    await intend({ ...refund, amountMinor: 5n, captureId: 'ch_2' });
    expect(await callRow(refund.key)).toMatchObject({ amount_minor: '700', request: { captureId: 'ch_1' } });
    await record(refund.key, 'failed');
    await intend(refund);
    expect(await callRow(refund.key)).toMatchObject({ state: 'intended' });
    await record(refund.key, 'succeeded');
    await intend(refund);
    expect(await callRow(refund.key)).toMatchObject({ state: 'succeeded' });
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
      await intendRefund(tx, intention(id, 700n, `refund:${id}`));
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
    expect(await second).toEqual({ reservedMinor: 700n, own: null });
    expect(order).toEqual(['first', 'second']);
  });

  it('lists refunds nobody knows the outcome of, once they are old enough, oldest first', async () => {
    await databases.admin.query(
      `update private.provider_calls set state = 'failed' where operation = 'refund'`,
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
    const ask = (limit: number, later = 0, since = { stripe: 0, paypal: 0 }) =>
      listUnsettledRefunds(sweeper, { now: Date.now() + later, limit, since });
    const listed = await ask(10);
    expect(listed).toEqual([
      expect.objectContaining({ key: b?.key, amountMinor: 2n }),
      {
        key: a?.key,
        provider: 'stripe',
        providerRef: 'pi_unsettled',
        captureId: 'ch_1',
        amountMinor: 1n,
        currency: 'USD',
      },
    ]);
    expect(await ask(1)).toHaveLength(1);
    expect(await ask(10, 180_000)).toHaveLength(4);
    // Whoever was tried longest ago comes first; whose key is forgotten is left to people.
    const waiting = (await ask(10, 180_000)).map(({ amountMinor }) => amountMinor);
    expect(waiting).toEqual([2n, 1n, 4n, 3n]);
    const forgotten = Date.now() - 15 * 60_000;
    expect(
      (await ask(10, 180_000, { stripe: forgotten, paypal: 0 })).map(({ amountMinor }) => amountMinor),
    ).toEqual([1n, 3n]);
  });
});
