import type { Database } from '#shared/database/pool';
import { closeDays } from '../../services/payment/use-cases/close-days';
import { forgetWhatIsOver } from '../../services/payment/use-cases/forget-what-is-over';
import type { SweepRun } from '../../services/payment/use-cases/sweep-run';
import { insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { insertMetered, recordUsage } from '../support/usage';

/** Days of the house's figures that are summed once, against the views that sum what is there. */
let databases: PaymentDatabase;
let admin: Database;
beforeEach(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
});
afterEach(() => databases.close());

const DAY_MS = 86_400_000;

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

const run = (work: (deps: SweepRun) => Promise<{ readonly looked: number; readonly failed: number }>) =>
  work({
    database: databases.as('tandem_reconcile'),
    now: Date.now,
    onFailure: (_what: unknown, error: unknown) => {
      throw error;
    },
  } as unknown as SweepRun);

interface Figures {
  readonly active_users: readonly object[];
  readonly active_in_all: number | null;
  readonly revenue: readonly object[];
  readonly usage: readonly object[];
}

const figures = async (from: number, to: number): Promise<Figures | undefined> => {
  const { rows } = await databases
    .as('tandem_payment')
    .query<{ found: Figures }>('select private.analytics($1::date, $2::date) as found', [
      daysAgo(from),
      daysAgo(to),
    ]);
  return rows[0]?.found;
};

/** Money that came in so many days ago, in the books alone. */
const book = async (days: number, amount: number, currency: string): Promise<void> => {
  await admin.withConnection(async (connection) => {
    await connection.query("set session_replication_role = 'replica'");
    const key = `stripe:payout:po_${days}_${currency}:made`;
    await connection.query(
      `insert into private.ledger_transactions (key, currency, kind, booked_at)
       values ($1, $2, 'payout', $3::date + interval '23 hours 59 minutes')`,
      [key, currency, daysAgo(days)],
    );
    await connection.query(
      `insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
       values ($1, 'disputes', $3, $2), ($1, 'stripe_balance', $3, -$2::bigint)`,
      [key, amount, currency],
    );
    await connection.query("set session_replication_role = 'origin'");
  });
};

const fillDays = async (): Promise<{ readonly userId: string; readonly meter: string }> => {
  const metered = await insertMetered(admin);
  const other = { ...metered, userId: await insertUser(admin) };
  await admin.query(
    `insert into public.subscriptions (user_id, plan, status, provider, current_period_start, current_period_end)
     values ($1, $2, 'active', 'manual', now(), now() + interval '1 month')`,
    [other.userId, metered.plan],
  );
  const service = databases.as('tandem_payment');
  for (const days of [40, 12, 9, 8, 0]) {
    for (const who of [metered, other])
      await recordUsage(service, who, {
        quantity: days + 1,
        key: `${days}`,
        now: `${daysAgo(days)}T12:00:00Z`,
      });
    await admin.query('insert into private.active_days (day, user_id) values ($1, $2), ($1, $3)', [
      daysAgo(days),
      metered.userId,
      other.userId,
    ]);
    await book(days, 100 + days, 'USD');
    await book(days, 200 + days, 'EUR');
  }
  return metered;
};

it('answer as they did before they were closed, and as the views still sum them', async () => {
  await fillDays();
  const before = await figures(60, 0);
  expect(before?.usage).toHaveLength(5);
  expect(before?.revenue).toHaveLength(10);
  expect(await run(closeDays)).toEqual({ looked: 32, failed: 0 });
  expect(await figures(60, 0)).toEqual(before);
  for (const [closed, view] of [
    ['closed_revenue', 'revenue_by_day'],
    ['closed_usage', 'usage_by_day'],
  ]) {
    const { rows: differing } = await admin.query(
      `(table analytics.${closed} except select * from analytics.${view})
       union all (select * from analytics.${view} where day <= $1 except table analytics.${closed})`,
      [daysAgo(9)],
    );
    expect(differing).toEqual([]);
  }
});

it('are those that can change no more, each once, however many sum them', async () => {
  await fillDays();
  const runs = await Promise.all([run(closeDays), run(closeDays), run(closeDays)]);
  expect(runs.reduce((sum, { looked }) => sum + looked, 0)).toBe(32);
  expect(await run(closeDays)).toEqual({ looked: 0, failed: 0 });
  const { rows } = await admin.query<{ first: string; last: string; days: string }>(
    'select min(day)::text as first, max(day)::text as last, count(*) as days from analytics.closed_days',
  );
  expect(rows).toEqual([{ first: daysAgo(40), last: daysAgo(9), days: '32' }]);
});

it('of a house of which nothing is known yet are none', async () => {
  expect(await run(closeDays)).toEqual({ looked: 0, failed: 0 });
});

it('are summed again from the day on from which they were taken away', async () => {
  await fillDays();
  await run(closeDays);
  await admin.query('update public.usage_days set quantity = 1000 where day = $1', [daysAgo(12)]);
  await admin.query('delete from analytics.closed_days where day >= $1', [daysAgo(12)]);
  expect(await run(closeDays)).toEqual({ looked: 4, failed: 0 });
  expect(await figures(12, 12)).toMatchObject({ usage: [{ quantity: 2000 }] });
});

it('stay what they are when an account goes', async () => {
  const { userId } = await fillDays();
  await run(closeDays);
  const before = await figures(60, 0);
  await admin.query('delete from auth.users where id = $1', [userId]);
  expect(await figures(60, 0)).toEqual(before);
});

it('keep their number of people once it is forgotten who they were, which is not before', async () => {
  await admin.query(
    `insert into private.active_days (day, user_id)
     select day, gen_random_uuid() from unnest(array[$1, $1, $2, $3]::date[]) day`,
    [daysAgo(440), daysAgo(400), daysAgo(12)],
  );
  const known = async (): Promise<readonly string[]> =>
    (
      await admin.query<{ day: string }>('select distinct day::text from private.active_days order by 1')
    ).rows.map(({ day }) => day);
  await run(forgetWhatIsOver);
  expect(await known()).toEqual([daysAgo(440), daysAgo(400), daysAgo(12)]);
  await run(closeDays);
  await run(forgetWhatIsOver);
  expect(await known()).toEqual([daysAgo(400), daysAgo(12)]);
  expect(await figures(440, 400)).toMatchObject({
    active_users: [
      { day: daysAgo(440), users: 2 },
      { day: daysAgo(400), users: 1 },
    ],
    active_in_all: null,
  });
  expect(await figures(400, 12)).toMatchObject({ active_in_all: 2 });
});
