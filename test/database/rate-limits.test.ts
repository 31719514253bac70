import type { Database } from '#shared/database/pool';
import type { LimitCheck, LimitCount } from '#shared/http/rate-limiter';
import type { LimitStore } from '#shared/limits/limit-store';
import { postgresLimitStore } from '#shared/limits/postgres-limit-store';
import { createRandom } from '../../local/doubles/random';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';

const START = Date.UTC(2026, 10, 22, 12, 0, 0, 123);

let databases: PaymentDatabase;
let database: Database;
let store: LimitStore;
let keys = 0;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  database = databases.as('tandem_auth', 16);
  store = postgresLimitStore(database);
});
afterAll(() => databases.close());

const newCheck = (limit: number, windowMs = 60_000): LimitCheck => {
  keys += 1;
  return { key: `user GET /api/things ${keys}`, limit, windowMs };
};

const takeAt = async (check: LimitCheck, times: readonly number[]): Promise<LimitCount[]> => {
  const counts: LimitCount[] = [];
  for (const at of times) counts.push(await store.take(check, START + at));
  return counts;
};

it('lets the limit through, then nobody until the oldest call has left the window', async () => {
  const check = newCheck(3);
  const [first, second, third, fourth] = await takeAt(check, [0, 20_000, 20_001, 30_000]);
  expect(first).toEqual({ allowed: true, remaining: 2, resetMs: expect.any(Number) });
  expect([second?.remaining, third?.remaining]).toEqual([1, 0]);
  expect(fourth).toMatchObject({ allowed: false, remaining: 0 });
  const waitMs = fourth?.resetMs ?? 0;
  // The window, and up to a tenth of it more.
  expect(30_000 + waitMs).toBeGreaterThanOrEqual(60_000);
  expect(30_000 + waitMs).toBeLessThanOrEqual(66_000);
  const [early, late] = await takeAt(check, [30_000 + waitMs - 1, 30_000 + waitMs]);
  expect([early?.allowed, late?.allowed]).toEqual([false, true]);
  expect(late?.remaining).toBe(0);
});

it('lets exactly the limit through of two hundred at the same moment', async () => {
  const check = newCheck(20);
  const counts = await Promise.all(Array.from({ length: 200 }, () => store.take(check, START)));
  expect(counts.filter(({ allowed }) => allowed)).toHaveLength(20);
  expect(
    counts
      .filter(({ allowed }) => allowed)
      .map(({ remaining }) => remaining)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

it('never lets more than the limit through in a window of any position, nor refuses much earlier', async () => {
  const random = createRandom(41);
  const check = newCheck(7, 10_000);
  const passed: number[] = [];
  let at = 0;
  for (let call = 0; call < 600; call += 1) {
    // Bursts, trickles and pauses.
    at += Math.floor(random.next() ** 6 * 12_000);
    const { allowed, remaining } = await store.take(check, START + at);
    if (allowed) passed.push(at);
    const certain = passed.filter((time) => time > at - 10_000).length;
    const possible = passed.filter((time) => time > at - 11_000).length;
    expect(certain).toBeLessThanOrEqual(7);
    expect(remaining).toBeLessThanOrEqual(7 - certain);
    expect(remaining).toBeGreaterThanOrEqual(7 - possible);
    if (!allowed) expect(possible).toBeGreaterThanOrEqual(7);
  }
  expect(passed.length).toBeGreaterThan(100);
});

it('counts on where clocks differ: what comes from the past belongs to now', async () => {
  const check = newCheck(2);
  const [, second, third] = await takeAt(check, [50_000, 0, 50_000]);
  expect([second?.allowed, third?.allowed]).toEqual([true, false]);
});

it('takes a call back, and never more than there were', async () => {
  const check = newCheck(2);
  await takeAt(check, [0, 10_000]);
  await store.giveBack(check);
  const [again, refused] = await takeAt(check, [10_001, 10_002]);
  expect([again?.allowed, refused?.allowed]).toEqual([true, false]);
  for (let times = 0; times < 5; times += 1) await store.giveBack(check);
  const [first] = await takeAt(check, [10_003]);
  expect(first).toMatchObject({ allowed: true, remaining: 1 });
  await store.giveBack(newCheck(1));
});

it('keeps one row for each key, and forgets those that say nothing any more', async () => {
  const stale = newCheck(5);
  const fresh = newCheck(5);
  await takeAt(stale, [0, 1, 2]);
  await takeAt(fresh, [70_000]);
  const forget = () =>
    databases
      .as('tandem_reconcile', 1)
      .query('select private.forget_rate_limits($1) as gone', [START + 70_000]);
  await forget();
  const { rows } = await databases.admin.query<{ key: string }>(
    'select key from private.rate_limits where key = any ($1)',
    [[stale.key, fresh.key]],
  );
  expect(rows).toEqual([{ key: fresh.key }]);
});

describe('the table', () => {
  const codeOf = (query: Promise<unknown>): Promise<string | null> =>
    query.then(
      () => null,
      ({ cause }) => cause.code,
    );

  it.each(['tandem_auth', 'tandem_payment', 'tandem_reconcile', 'tandem_health'])(
    'is closed to %s',
    async (role) => {
      const as = databases.as(role, 1);
      for (const statement of [
        'select * from private.rate_limits',
        'delete from private.rate_limits',
        `insert into private.rate_limits values ('x', 1, '{}', true, 1)`,
        'update private.rate_limits set allowed = true',
      ]) {
        expect(await codeOf(as.query(statement))).toBe('42501');
      }
    },
  );

  it.each([
    ['tandem_payment', 'give_back_to_limit($1)', ['x']],
    ['tandem_health', 'take_from_limit($1, 1, 1000, 1)', ['x']],
    ['tandem_reconcile', 'take_from_limit($1, 1, 1000, 1)', ['x']],
    ['tandem_auth', 'forget_rate_limits($1)', [1]],
    ['tandem_payment', 'forget_rate_limits($1)', [1]],
  ])('%s may not call %s', async (role, call, values) => {
    expect(await codeOf(databases.as(role, 1).query(`select private.${call}`, values))).toBe('42501');
  });

  it('is unlogged: counting writes no log, and a crash forgets the counts', async () => {
    const { rows } = await databases.admin.query(
      `select relpersistence from pg_class where oid = 'private.rate_limits'::regclass`,
    );
    expect(rows).toEqual([{ relpersistence: 'u' }]);
  });
});
