import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { insertMetered, recordUsage, usageRows } from '../support/usage';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const CALLS = 1_000;

const callAtOnce = async (call: (n: number) => Promise<{ readonly outcome: string }>) => {
  const outcomes = (await Promise.all(Array.from({ length: CALLS }, (_, n) => call(n)))).map(
    ({ outcome }) => outcome,
  );
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  return { admitted: count('admitted'), refused: count('refused'), duplicate: count('duplicate') };
};

it('admits exactly 500 of 1,000 calls at once against a quota of 500', async () => {
  const metered = await insertMetered(databases.admin, { hardLimit: 500, softLimit: 400 });
  const service = databases.as('tandem_payment', 20);
  const counts = await callAtOnce((n) => recordUsage(service, metered, { key: `call ${n}` }));
  expect(counts).toEqual({ admitted: 500, refused: 500, duplicate: 0 });
  const { events, periods, days } = await usageRows(databases.admin, metered);
  expect(events).toHaveLength(500);
  expect([periods, days]).toMatchObject([[{ used: '500' }], [{ quantity: '500', events: '500' }]]);
  const { rows } = await databases.admin.query<{ level: string }>(
    `select data ->> 'level' as level from public.notifications where user_id = $1 and kind = 'quota_reached' order by 1`,
    [metered.userId],
  );
  expect(rows).toEqual([{ level: 'hard' }, { level: 'soft' }]);
});

it('admits each of 250 keys once, four calls of each at one moment, with room for no more', async () => {
  const metered = await insertMetered(databases.admin, { hardLimit: 750 });
  const service = databases.as('tandem_payment', 20);
  const counts = await callAtOnce((n) =>
    recordUsage(service, metered, { quantity: 3, key: `key ${Math.floor(n / 4)}` }),
  );
  expect(counts).toEqual({ admitted: 250, refused: 0, duplicate: 750 });
  const { events, periods } = await usageRows(databases.admin, metered);
  expect([events.length, periods]).toMatchObject([250, [{ used: '750' }]]);
});

it('admits as much as fits of calls for several things, and no more', async () => {
  const metered = await insertMetered(databases.admin, { hardLimit: 1_234 });
  const service = databases.as('tandem_payment', 20);
  await callAtOnce((n) => recordUsage(service, metered, { quantity: 1 + (n % 7), key: `call ${n}` }));
  const { events, periods, days } = await usageRows(databases.admin, metered);
  const sum = events.reduce((all, { quantity }) => all + Number(quantity), 0);
  // One of one still fitted, or there is no room for any.
  expect(sum).toBe(1_234);
  expect([periods, days]).toMatchObject([[{ used: '1234' }], [{ quantity: '1234' }]]);
});
