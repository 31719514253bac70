import { paymentContract } from '../../services/payment/contract';
import { insertUser } from '../support/payment-rows';
import { type Answer, type PaymentTest, startPaymentTest } from '../support/payment-service';
import { newShopper } from '../support/shopping';
import { signIn } from '../support/sign-in';
import { insertQuota, recordUsage, subscribe } from '../support/usage';

let test: PaymentTest;
beforeAll(async () => {
  test = await startPaymentTest();
});
afterAll(() => test.close());

const read = async (query: Record<string, string> = {}, of = test): Promise<Answer> => {
  const { headers } = await signIn(of.admin, 'admin');
  const answer = await of.send({ path: '/api/payments/analytics', query, headers });
  if (answer.status === 200)
    expect(paymentContract.readAnalytics.success.body.safeParse(answer.body).error).toBeUndefined();
  return answer;
};

const today = new Date().toISOString().slice(0, 10);

it('of a house without customers is empty', async () => {
  const { body } = await read({ from: '2020-01-01', to: '2020-03-01' });
  expect(body).toEqual({
    success: true,
    from: '2020-01-01',
    to: '2020-03-01',
    sign_ups: [],
    active_users: [],
    active_in_all: null,
    intents: [],
    revenue: [],
    usage: [],
  });
});

it('takes revenue from the books, by currency', async () => {
  const shop = await startPaymentTest(); // what others buy today is not for this one
  const customer = await newShopper(shop);
  const admin = await newShopper(shop, 'admin');
  const { id } = await customer.bought('stripe');
  await customer.bought('paypal');
  await customer.bought('stripe', { price: 'donation', amount: 500 });
  await customer.create('stripe');
  await admin.refund(id, { amount: 400 });
  const { rows } = await shop.admin.query<{ currency: string; fees: string }>(
    `select currency, sum(fee_minor) as fees from public.payments group by currency`,
  );
  const feesIn = (currency: string): number => Number(rows.find((row) => row.currency === currency)?.fees);
  const { body } = await read({}, shop);
  await shop.close();
  const usd = { gross: 2 * 1999, refunded: 400, disputed: 0, fees: feesIn('USD') };
  expect(body.revenue).toEqual([
    {
      day: today,
      currency: 'EUR',
      gross: 500,
      refunded: 0,
      disputed: 0,
      fees: feesIn('EUR'),
      net: 500 - feesIn('EUR'),
    },
    { day: today, currency: 'USD', ...usd, net: usd.gross - usd.refunded - usd.fees },
  ]);
  expect(body.intents).toEqual([
    { day: today, provider: 'paypal', intents: 1, succeeded: 1 },
    { day: today, provider: 'stripe', intents: 3, succeeded: 2 },
  ]);
});

it('counts sign-ups of a day and who of them has paid, also once the accounts are gone', async () => {
  const signUp = async (at: string, paidAt?: string): Promise<string> => {
    const customer = await newShopper(test);
    const { userId } = customer;
    await test.admin.query('update public.user_profiles set created_at = $2 where id = $1', [userId, at]);
    if (paidAt !== undefined) {
      const { id } = await customer.bought('stripe');
      await test.admin.query('update public.payments set created_at = $2 where id = $1', [id, paidAt]);
    }
    return userId;
  };
  const gone = [
    await signUp('2026-02-28T23:59:59.999Z', '2026-03-30T00:00:00Z'),
    await signUp('2026-02-28T00:00:00Z', '2026-04-30T00:00:00Z'),
    await signUp('2026-02-28T12:00:00Z'),
  ];
  await signUp('2026-03-01T00:00:00Z');
  const found = async () => (await read({ from: '2026-02-27', to: '2026-03-01' })).body.sign_ups;
  const expected = [
    { day: '2026-02-28', sign_ups: 3, paid: 2, paid_within_30_days: 1 },
    { day: '2026-03-01', sign_ups: 1, paid: 0, paid_within_30_days: 0 },
  ];
  expect(await found()).toEqual(expected);
  await test.admin.query('delete from auth.users where id = any ($1)', [gone]);
  expect(await found()).toEqual(expected);
});

it('counts who used a session on a day, once, also once the account is gone', async () => {
  const [one, two] = [await signIn(test.admin), await signIn(test.admin)];
  await test.admin.query(
    `insert into private.active_days (day, user_id) values ('2026-02-28', $1), ('2026-02-28', $2), ('2026-03-01', $1)`,
    [one.userId, two.userId],
  );
  const found = async () => {
    const { body } = await read({ from: '2026-02-01', to: '2026-03-01' });
    return [body.active_users, body.active_in_all];
  };
  const expected = [
    [
      { day: '2026-02-28', users: 2 },
      { day: '2026-03-01', users: 1 },
    ],
    2,
  ];
  expect(await found()).toEqual(expected);
  await test.admin.query('delete from auth.users where id = $1', [one.userId]);
  expect(await found()).toEqual(expected);
});

it('notes a day on which a session is used, and no more than once', async () => {
  const { userId, headers } = await signIn(test.admin);
  const daysOf = async () =>
    (
      await test.admin.query<{ day: string }>(
        'select day::text from private.active_days where user_id = $1 order by day',
        [userId],
      )
    ).rows.map(({ day }) => day);
  expect(await daysOf()).toEqual([today]);
  await test.admin.query(
    `update private.sessions set last_used_at = '2026-02-28T23:59:00Z', created_at = '2026-02-28T00:00:00Z' where user_id = $1`,
    [userId],
  );
  await test.admin.query('delete from private.active_days where user_id = $1 and day = $2', [userId, today]);
  for (const _again of [1, 2]) await test.send({ path: '/api/payments/history', headers });
  expect(await daysOf()).toEqual(['2026-02-28', today]);
});

it('adds up usage of a day over everybody, also of accounts that are gone', async () => {
  const { meter, plan } = await insertQuota(test.admin);
  const asService = test.as('tandem_payment');
  for (const quantity of [3, 4]) {
    const userId = await insertUser(test.admin);
    await subscribe(test.admin, userId, plan);
    await recordUsage(asService, { userId, meter }, { quantity, key: 'a', now: '2028-02-29T12:00:00Z' });
    if (quantity === 3) await test.admin.query('delete from auth.users where id = $1', [userId]);
  }
  const { body } = await read({ from: '2028-02-29', to: '2028-02-29' });
  expect(body.usage).toEqual([{ day: '2028-02-29', meter, quantity: 7, events: 2, users: 2 }]);
});

it.each<Record<string, string>>([
  { from: '2026-01-01', to: '2026-04-04' },
  { from: '2026-02-30' },
  { to: '2026-01-01', from: '2026-01-02' },
])('refuses %j', async (query) => {
  const { status, body } = await read(query);
  expect([status, body.code]).toEqual([400, 'request_invalid']);
});
