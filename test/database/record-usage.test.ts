import { withTransaction } from '#shared/database/with-transaction';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import {
  insertMetered,
  insertQuota,
  type Metered,
  recordUsage,
  subscribe,
  usageRows,
} from '../support/usage';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const told = async ({ userId }: Metered) =>
  (
    await databases.admin.query<{ data: unknown }>(
      `select data from public.notifications where user_id = $1 and kind = 'quota_reached' order by created_at, key`,
      [userId],
    )
  ).rows.map(({ data }) => data);

const service = () => databases.as('tandem_payment');

describe('usage', () => {
  it('is counted once for a key, in its day and its period', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 100 });
    const asService = service();
    const once = { quantity: 7, key: 'a', at: '2026-11-22T23:59:59.999Z' };
    const first = await recordUsage(asService, metered, once);
    expect(first).toEqual({
      outcome: 'admitted',
      used: '7',
      soft_limit: null,
      hard_limit: '100',
      period: 'month',
      starts: '2026-11-01',
      ends: '2026-12-01',
    });
    expect(await recordUsage(asService, metered, once)).toEqual({ ...first, outcome: 'duplicate' });
    expect(await recordUsage(asService, metered, { ...once, at: null })).toEqual({
      ...first,
      outcome: 'duplicate',
    });
    expect(await recordUsage(asService, metered, { quantity: 3, key: 'b' })).toMatchObject({ used: '10' });
    expect(await usageRows(databases.admin, metered)).toEqual({
      events: [
        { key: 'a', quantity: '7' },
        { key: 'b', quantity: '3' },
      ],
      periods: [{ period: 'month', starts: '2026-11-01', used: '10' }],
      days: [
        { day: '2026-11-22', quantity: '7', events: '1' },
        { day: '2026-11-23', quantity: '3', events: '1' },
      ],
    });
  });

  it.each([
    ['quantity', { quantity: 2 }],
    ['time', { at: '2026-11-23T11:00:00.001Z' }],
  ])('of another %s under a key is a conflict, and changes nothing', async (_what, other) => {
    const metered = await insertMetered(databases.admin);
    const once = { quantity: 1, key: 'a', at: '2026-11-23T11:00:00Z' };
    await recordUsage(service(), metered, once);
    const before = await usageRows(databases.admin, metered);
    expect(await recordUsage(service(), metered, { ...once, ...other })).toMatchObject({
      outcome: 'conflict',
    });
    expect(await usageRows(databases.admin, metered)).toEqual(before);
  });

  it('of another meter under a key is a conflict', async () => {
    const metered = await insertMetered(databases.admin);
    const { meter } = await insertQuota(databases.admin);
    await databases.admin.query(`update public.plan_quotas set plan = $1 where meter = $2`, [
      metered.plan,
      meter,
    ]);
    await recordUsage(service(), metered, { key: 'a' });
    expect(await recordUsage(service(), { ...metered, meter }, { key: 'a' })).toMatchObject({
      outcome: 'conflict',
    });
    expect((await usageRows(databases.admin, { ...metered, meter })).days).toEqual([]);
  });

  it('has keys of its own for each user', async () => {
    const metered = await insertMetered(databases.admin);
    const other = await insertMetered(databases.admin);
    await subscribe(databases.admin, other.userId, metered.plan);
    for (const { userId } of [metered, other]) {
      const { outcome, used } = await recordUsage(service(), { userId, meter: metered.meter }, { key: 'a' });
      expect([outcome, used]).toEqual(['admitted', '1']);
    }
  });

  it('is there or not with the transaction of who records it', async () => {
    const metered = await insertMetered(databases.admin);
    const undone = withTransaction(service(), async (tx) => {
      await recordUsage(tx, metered, { key: 'a' });
      throw new Error('the service failed');
    });
    await expect(undone).rejects.toThrow();
    expect((await usageRows(databases.admin, metered)).events).toEqual([]);
    expect(await recordUsage(service(), metered, { key: 'a' })).toMatchObject({
      outcome: 'admitted',
      used: '1',
    });
  });

  it('of a meter that does not exist, of nothing or of less is an error of the caller', async () => {
    const metered = await insertMetered(databases.admin);
    await expect(recordUsage(service(), { ...metered, meter: 'none' }, { key: 'a' })).rejects.toThrow();
    for (const quantity of [0, -1, 1_000_000_000_001])
      await expect(recordUsage(service(), metered, { quantity, key: 'a' })).rejects.toThrow();
    await expect(recordUsage(service(), metered, { key: '' })).rejects.toThrow();
    expect(await usageRows(databases.admin, metered)).toEqual({ events: [], periods: [], days: [] });
  });

  it('of nobody is recorded nowhere', async () => {
    const metered = await insertMetered(databases.admin);
    await databases.admin.query('delete from auth.users where id = $1', [metered.userId]);
    expect(await recordUsage(service(), metered, { key: 'a' })).toMatchObject({ outcome: 'absent' });
  });
});

describe('a limit', () => {
  it('that is hard refuses what goes beyond it and records nothing of that', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 10 });
    const record = (quantity: number, key: string) => recordUsage(service(), metered, { quantity, key });
    expect(await record(8, 'a')).toMatchObject({ outcome: 'admitted', used: '8' });
    expect(await record(3, 'b')).toMatchObject({ outcome: 'refused', used: '8', hard_limit: '10' });
    expect(await record(2, 'c')).toMatchObject({ outcome: 'admitted', used: '10' });
    expect(await record(1, 'd')).toMatchObject({ outcome: 'refused', used: '10' });
    expect(await record(8, 'a')).toMatchObject({ outcome: 'duplicate', used: '10' });
    const { events, days } = await usageRows(databases.admin, metered);
    expect(events.map(({ key }) => key)).toEqual(['a', 'c']);
    expect(days).toEqual([{ day: '2026-11-23', quantity: '10', events: '2' }]);
  });

  it('is told of once in each period, the soft one before the hard one', async () => {
    const metered = await insertMetered(databases.admin, { softLimit: 5, hardLimit: 10 });
    const record = (quantity: number, key: string, now?: string) =>
      recordUsage(service(), metered, { quantity, key, ...(now && { now }) });
    const { meter } = metered;
    const soft = { meter, quota: '5', level: 'soft', period_end: '2026-12-01' };
    const hard = { meter, quota: '10', level: 'hard', period_end: '2026-12-01' };
    await record(4, 'a');
    expect(await told(metered)).toEqual([]);
    expect(await record(1, 'b')).toMatchObject({ outcome: 'admitted', soft_limit: '5' });
    expect(await told(metered)).toEqual([soft]);
    await record(1, 'c');
    await record(4, 'd');
    await record(1, 'e');
    await record(1, 'f');
    expect(await told(metered)).toEqual([soft, hard]);
    await record(6, 'g', '2026-12-01T00:00:00Z');
    expect(await told(metered)).toEqual([soft, hard, { ...soft, period_end: '2027-01-01' }]);
    const { rows: mails } = await databases.admin.query(
      `select data ->> 'level' as level from private.outbox where user_id = $1 and kind = 'quota_reached'`,
      [metered.userId],
    );
    expect(mails).toEqual([{ level: 'hard' }]);
  });

  it('that nothing more fits under is told of, too, but not of what would never fit', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 10 });
    await recordUsage(service(), metered, { quantity: 11, key: 'a' });
    expect(await told(metered)).toEqual([]);
    await recordUsage(service(), metered, { quantity: 9, key: 'b' });
    await recordUsage(service(), metered, { quantity: 2, key: 'c' });
    expect(await told(metered)).toMatchObject([{ level: 'hard' }]);
  });

  it('is none where a plan has none, up to the largest number of a client', async () => {
    const metered = await insertMetered(databases.admin);
    await recordUsage(service(), metered, { key: 'a' });
    const most = Number.MAX_SAFE_INTEGER;
    await databases.admin.query('update public.usage set used = $2 where user_id = $1', [
      metered.userId,
      most - 1,
    ]);
    expect(await recordUsage(service(), metered, { quantity: 2, key: 'b' })).toMatchObject({
      outcome: 'refused',
    });
    expect(await recordUsage(service(), metered, { key: 'c' })).toMatchObject({
      outcome: 'admitted',
      used: `${most}`,
    });
  });

  it('is nothing for a meter that is no part of the plan', async () => {
    const metered = await insertMetered(databases.admin);
    const { meter } = await insertQuota(databases.admin);
    expect(await recordUsage(service(), { ...metered, meter }, { key: 'a' })).toMatchObject({
      outcome: 'refused',
      hard_limit: '0',
      starts: '2026-11-01',
    });
  });
});

it('is recorded and refused by turns in one session', async () => {
  const metered = await insertMetered(databases.admin, { hardLimit: 10 });
  const { meter } = await insertQuota(databases.admin);
  const session = databases.as('tandem_payment', 1);
  const outcomes: string[] = [];
  for (const n of [1, 2, 3]) {
    outcomes.push((await recordUsage(session, metered, { key: `a${n}` })).outcome);
    outcomes.push((await recordUsage(session, { ...metered, meter }, { key: `b${n}` })).outcome);
  }
  expect(outcomes).toEqual(['admitted', 'refused', 'admitted', 'refused', 'admitted', 'refused']);
});

describe('the time of use', () => {
  const now = '2028-03-01T00:00:30Z';

  it.each([
    ['a leap day', '2028-02-29T23:59:59.999Z', '2028-02-29', '2028-02-01'],
    ['the first moment of a month', '2028-03-01T00:00:00Z', '2028-03-01', '2028-03-01'],
    ['another time zone', '2028-03-01T01:30:00+02:00', '2028-02-29', '2028-02-01'],
    ['seven days ago', '2028-02-23T00:00:30Z', '2028-02-23', '2028-02-01'],
    ['in five minutes', '2028-03-01T00:05:30Z', '2028-03-01', '2028-03-01'],
  ])('%s decides day and period', async (_what, at, day, starts) => {
    const metered = await insertMetered(databases.admin, { hardLimit: 1 });
    expect(await recordUsage(service(), metered, { key: 'a', at, now })).toMatchObject({
      outcome: 'admitted',
      starts,
    });
    expect((await usageRows(databases.admin, metered)).days).toMatchObject([{ day }]);
  });

  it.each(['2028-02-23T00:00:29Z', '2028-03-01T00:05:31Z'])('%s is out of bounds', async (at) => {
    const metered = await insertMetered(databases.admin);
    expect(await recordUsage(service(), metered, { key: 'a', at, now })).toMatchObject({
      outcome: 'untimely',
    });
    expect((await usageRows(databases.admin, metered)).events).toEqual([]);
  });

  it('is no matter for what is known already', async () => {
    const metered = await insertMetered(databases.admin);
    const once = { key: 'a', at: '2028-02-29T00:00:00Z' };
    await recordUsage(service(), metered, { ...once, now });
    const later = await recordUsage(service(), metered, { ...once, now: '2029-01-01T00:00:00Z' });
    expect(later).toMatchObject({ outcome: 'duplicate', used: '1', starts: '2028-02-01' });
  });

  it('in a period that is over counts there, within its limit', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 2 });
    const late = { at: '2028-02-29T12:00:00Z', now };
    await recordUsage(service(), metered, { quantity: 2, key: 'a', now });
    expect(await recordUsage(service(), metered, { quantity: 2, key: 'b', ...late })).toMatchObject({
      used: '2',
    });
    expect(await recordUsage(service(), metered, { key: 'c', ...late })).toMatchObject({
      outcome: 'refused',
    });
  });
});

describe('a change of plan', () => {
  const periodsOf = async (metered: Metered) => (await usageRows(databases.admin, metered)).periods;

  /** Puts another plan's quota for the same meter beside that of the user's plan. */
  const anotherPlan = async (metered: Metered, period: string, hardLimit: number): Promise<string> => {
    const { plan } = await insertQuota(databases.admin);
    await databases.admin.query(
      'insert into public.plan_quotas (plan, meter, period, hard_limit) values ($1, $2, $3, $4)',
      [plan, metered.meter, period, hardLimit],
    );
    return plan;
  };

  it('counts at once, up and down, and takes nothing back', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 10 });
    const larger = await anotherPlan(metered, 'month', 20);
    await recordUsage(service(), metered, { quantity: 10, key: 'a' });
    await subscribe(databases.admin, metered.userId, larger);
    expect(await recordUsage(service(), metered, { quantity: 5, key: 'b' })).toMatchObject({ used: '15' });
    await subscribe(databases.admin, metered.userId, metered.plan);
    expect(await recordUsage(service(), metered, { key: 'c' })).toMatchObject({
      outcome: 'refused',
      used: '15',
      hard_limit: '10',
    });
  });

  it('to another kind of period begins with what its days hold already', async () => {
    const metered = await insertMetered(databases.admin, { period: 'day', hardLimit: 10 });
    const monthly = await anotherPlan(metered, 'month', 20);
    await recordUsage(service(), metered, { quantity: 10, key: 'a', at: '2026-11-22T10:00:00Z' });
    await recordUsage(service(), metered, { quantity: 9, key: 'b' });
    await subscribe(databases.admin, metered.userId, monthly);
    const { rows } = await databases.admin.query('select used from private.current_usage($1, $2)', [
      metered.userId,
      '2026-11-23T12:00:00Z',
    ]);
    expect(rows).toContainEqual({ used: '19' });
    expect(await recordUsage(service(), metered, { quantity: 2, key: 'c' })).toMatchObject({
      outcome: 'refused',
    });
    expect(await recordUsage(service(), metered, { key: 'c' })).toMatchObject({
      outcome: 'admitted',
      used: '20',
    });
    expect(await periodsOf(metered)).toContainEqual({ period: 'month', starts: '2026-11-01', used: '20' });
  });

  it('sees what is being recorded while it happens', async () => {
    const metered = await insertMetered(databases.admin, { period: 'day', hardLimit: 10 });
    const monthly = await anotherPlan(metered, 'month', 10);
    await recordUsage(service(), metered, { quantity: 1, key: 'a' });
    let second: Promise<{ outcome: string; used: string }> | undefined;
    await withTransaction(service(), async (tx) => {
      await recordUsage(tx, metered, { quantity: 8, key: 'b' });
      await subscribe(databases.admin, metered.userId, monthly);
      second = recordUsage(databases.as('tandem_payment'), metered, { quantity: 2, key: 'c' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(await second).toMatchObject({ outcome: 'refused', used: '9' });
  });

  it('to none is to the free plan', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 10 });
    await databases.admin.query(
      `insert into public.plan_quotas (plan, meter, period, hard_limit) values ('free', $1, 'month', 3)`,
      [metered.meter],
    );
    await recordUsage(service(), metered, { quantity: 3, key: 'a' });
    await databases.admin.query(`update public.subscriptions set status = 'canceled' where user_id = $1`, [
      metered.userId,
    ]);
    expect(await recordUsage(service(), metered, { key: 'b' })).toMatchObject({
      outcome: 'refused',
      hard_limit: '3',
    });
  });

  it('at the end of the period is the free plan from then on', async () => {
    const metered = await insertMetered(databases.admin, { hardLimit: 10 });
    await databases.admin.query(
      'update public.subscriptions set cancel_at_period_end = true where user_id = $1',
      [metered.userId],
    );
    const at = (now: string, key: string) => recordUsage(service(), metered, { key, now });
    expect(await at('2026-11-30T23:59:59Z', 'a')).toMatchObject({ outcome: 'admitted' });
    expect(await at('2026-12-01T00:00:00Z', 'b')).toMatchObject({ outcome: 'refused', hard_limit: '0' });
  });

  it('in a billing period counts from the day on which it began', async () => {
    const metered = await insertMetered(databases.admin, { period: 'billing_period', hardLimit: 10 });
    await databases.admin.query(
      `update public.subscriptions set current_period_start = '2026-10-31T15:00:00Z', current_period_end = '2026-11-30T15:00:00Z'
       where user_id = $1`,
      [metered.userId],
    );
    const on = (now: string, key: string) => recordUsage(service(), metered, { key, now });
    expect(await on('2026-11-29T23:59:59Z', 'a')).toMatchObject({ starts: '2026-10-31', ends: '2026-11-30' });
    expect(await on('2026-11-30T00:00:00Z', 'b')).toMatchObject({ starts: '2026-11-30', ends: '2026-12-31' });
    expect(await on('2026-12-31T00:00:00Z', 'c')).toMatchObject({ starts: '2026-12-31', ends: '2027-01-31' });
  });
});
