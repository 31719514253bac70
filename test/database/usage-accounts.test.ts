import { runCommand } from '../../local/admin/run-command';
import { localPassword } from '../../local/postgres/start-postgres';
import { exportPages } from '../support/account-export';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { insertMetered, recordUsage, usageRows } from '../support/usage';

let databases: PaymentDatabase;
beforeAll(async () => {
  databases = await openPaymentDatabase();
});
afterAll(() => databases.close());

const exportOf = async (userId: string) => (await exportPages(databases.as('tandem_auth'), userId))[0];

const remove = async (userId: string): Promise<readonly string[]> => {
  const { rows } = await databases
    .as('tandem_auth')
    .query<{ blockers: string[] }>('select private.delete_account($1) as blockers', [userId]);
  return rows[0]?.blockers ?? [];
};

it('an export holds subscriptions, days and events', async () => {
  const metered = await insertMetered(databases.admin);
  await recordUsage(databases.as('tandem_payment'), metered, {
    quantity: 3,
    key: 'a',
    now: '2026-11-23T12:00:00Z',
  });
  expect(await exportOf(metered.userId)).toMatchObject({
    subscriptions: [{ plan: metered.plan, status: 'active', provider: 'manual' }],
    usage_days: [{ meter: metered.meter, day: '2026-11-23', quantity: 3, events: 1 }],
    usage_events: [{ meter: metered.meter, quantity: 3, key: 'a' }],
  });
  expect(await exportOf(await insertUser(databases.admin))).toMatchObject({
    subscriptions: [],
    usage_days: [],
    usage_events: [],
  });
});

it('a deleted account leaves days and payments that nobody can tell whose they were', async () => {
  const metered = await insertMetered(databases.admin);
  const { userId, meter } = metered;
  await recordUsage(databases.as('tandem_payment'), metered, {
    quantity: 3,
    key: 'a',
    now: '2026-11-23T12:00:00Z',
  });
  const { id } = await insertPayment(databases.admin, { userId });
  expect(await remove(userId)).toEqual([]);
  expect(await usageRows(databases.admin, metered)).toEqual({ events: [], periods: [], days: [] });
  const { rows } = await databases.admin.query(
    `select quantity, user_id <> $2 as is_anothers from public.usage_days where meter = $1`,
    [meter, userId],
  );
  expect(rows).toEqual([{ quantity: '3', is_anothers: true }]);
  const left = await databases.admin.query(
    `select (select count(*)::int from public.subscriptions where user_id = $1) as subscriptions,
       (select count(*)::int from private.active_days where user_id = $1) as days,
       (select count(*)::int from private.past_accounts) as past,
       (select user_id from public.payments where id = $2) as payer`,
    [userId, id],
  );
  expect(left.rows).toEqual([{ subscriptions: 0, days: 0, past: 1, payer: null }]);
});

/** As an operator; an account that is gone meanwhile has no plan. */
const giveTeam = async (userId: string): Promise<void> => {
  const url = new URL(databases.url);
  [url.username, url.password] = ['postgres', localPassword('postgres')];
  const asked = ['plan', `${userId}@example.test`, 'team'];
  await runCommand(asked, { databaseUrl: url.href, operator: 'ada' }).catch((error: Error) => {
    expect(error.message).toMatch(/^No account has the address|was deleted meanwhile/);
  });
};

it.each([
  ['active', false, ['subscription_open']],
  ['past_due', false, ['subscription_open']],
  ['incomplete', false, ['subscription_open']],
  ['active', true, []],
  ['canceled', false, []],
])('an account with a subscription that is %s, ending %s, is kept for %j', async (status, ends, blockers) => {
  const userId = await insertUser(databases.admin);
  await databases.admin.query(
    `insert into public.subscriptions (user_id, plan, status, provider, provider_subscription_id, current_period_start,
       current_period_end, cancel_at_period_end)
     values ($1, 'pro', $2, 'paypal', $3, now(), now() + interval '1 month', $4)`,
    [userId, status, `I-${userId}`, ends],
  );
  expect(await remove(userId)).toEqual(blockers);
});

it('a deletion, a new plan and usage at the same moment wait for each other in one order', async () => {
  const service = databases.as('tandem_payment', 4);
  const accounts = await Promise.all(Array.from({ length: 10 }, () => insertMetered(databases.admin)));
  const work = accounts.flatMap((metered) => [
    ...Array.from({ length: 4 }, (_, n) => recordUsage(service, metered, { key: `a${n}` })),
    giveTeam(metered.userId),
    remove(metered.userId),
  ]);
  for (const done of await Promise.allSettled(work)) expect(done).toMatchObject({ status: 'fulfilled' });
});
