import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { forgetWhatIsOver } from '../../services/payment/use-cases/forget-what-is-over';
import type { SweepRun } from '../../services/payment/use-cases/sweep-run';
import { insertPayment, insertUser } from '../support/payment-rows';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { insertMetered, recordUsage } from '../support/usage';

/** What the sweep forgets, as its own role, and what it leaves. */
let databases: PaymentDatabase;
let admin: Database;
beforeAll(async () => {
  databases = await openPaymentDatabase();
  admin = databases.admin;
});
afterAll(() => databases.close());

const failures: unknown[] = [];

const forget = async (database = databases.as('tandem_reconcile')) => {
  failures.length = 0;
  return forgetWhatIsOver({
    database,
    now: Date.now,
    onFailure: ({ id }: { readonly id: string }) => failures.push(id),
  } as unknown as SweepRun);
};

/** One column of what is left. */
const left = async (text: string, values: readonly unknown[]): Promise<readonly string[]> =>
  (await admin.query<{ what: string }>(text, values)).rows.map(({ what }) => what);

test('sessions go a month after they were over, whoever signs in, and those that live stay', async () => {
  const userId = await insertUser(admin);
  await admin.query(
    `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, created_at, idle_expires_at,
       absolute_expires_at, ended_at, ended_because, user_agent)
     select $1, sha256(what::bytea), gen_random_uuid(), 'password', now() - interval '200 days',
       now() + until * interval '1 day', now() + until * interval '1 day', now() - ended * interval '1 day',
       case when ended is not null then 'signed_out' end, what
     from (values ('lives', 1, null::int), ('expired lately', -29, null), ('expired', -31, null), ('ended lately', 50, 29),
       ('ended', 50, 31)) as s(what, until, ended)`,
    [userId],
  );
  await admin.query(
    `insert into private.session_tokens (token_hash, session_id, nonce, retired_at)
     select sha256(user_agent::bytea || 'before'), id, sha256('nonce'), now() from private.sessions where user_id = $1`,
    [userId],
  );
  await forget();
  const stay = ['ended lately', 'expired lately', 'lives'];
  expect(
    await left('select user_agent as what from private.sessions where user_id = $1 order by 1', [userId]),
  ).toEqual(stay);
  expect(
    await left(
      `select s.user_agent as what from private.session_tokens t join private.sessions s on s.id = t.session_id
       where s.user_id = $1 order by 1`,
      [userId],
    ),
  ).toEqual(stay);
  expect(await left('select count(*)::text as what from private.session_tokens', [])).toEqual(['3']);
});

test('answers to repeated requests go after a day, but for those of refunds', async () => {
  const userId = await insertUser(admin);
  await admin.query(
    `insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id, created_at)
     select $1, route, age, 'h', gen_random_uuid(), now() - age::interval
     from unnest(array['create-intent', 'cancel', 'create-upload', 'refund']) route, unnest(array['23 hours', '25 hours']) age`,
    [userId],
  );
  await forget();
  expect(
    await left(
      `select route || ' ' || key as what from private.idempotency_keys where user_id = $1 order by 1`,
      [userId],
    ),
  ).toEqual([
    'cancel 23 hours',
    'create-intent 23 hours',
    'create-upload 23 hours',
    'refund 23 hours',
    'refund 25 hours',
  ]);
});

test('when to ask about a payment goes once nobody has asked for a month', async () => {
  const [open, closed] = [await insertPayment(admin), await insertPayment(admin)];
  await admin.query(
    `insert into private.payment_sweeps (payment_id, next_at) values ($1, now() - interval '29 days'), ($2, now() - interval '31 days')`,
    [open.id, closed.id],
  );
  await forget();
  expect(await left('select payment_id as what from private.payment_sweeps', [])).toEqual([open.id]);
});

test('notifications go after a year, that they were told a month later, and nothing is told twice meanwhile', async () => {
  const userId = await insertUser(admin);
  const data = { file_id: randomUUID(), name: 'a.pdf' };
  const tell = (key: string) =>
    admin.query(`select private.notify($1, 'file_accepted', $2, $3)`, [userId, key, data]);
  const age = async (key: string, days: number): Promise<void> => {
    await admin.query(
      'update public.notifications set created_at = now() - make_interval(days => $3) where user_id = $1 and key = $2',
      [userId, key, days],
    );
    await admin.query(
      'update private.notices set told_at = now() - make_interval(days => $3) where user_id = $1 and key = $2',
      [userId, key, days],
    );
  };
  for (const [key, days] of [
    ['364', 364],
    ['366', 366],
    ['401', 401],
  ] as const) {
    await tell(key);
    await age(key, days);
  }
  await forget();
  const shown = 'select key as what from public.notifications where user_id = $1 order by 1';
  expect(await left(shown, [userId])).toEqual(['364']);
  expect(
    await left('select key as what from private.notices where user_id = $1 order by 1', [userId]),
  ).toEqual(['364', '366']);
  await tell('366');
  expect(await left(shown, [userId])).toEqual(['364']);
});

test('events and periods of usage go after 400 days, their days stay, and a key that says its time counts no second time', async () => {
  const metered = await insertMetered(admin, { period: 'day' });
  const { userId, meter } = metered;
  const service = databases.as('tandem_payment');
  const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  for (const days of [399, 403])
    await recordUsage(service, metered, { quantity: days, key: `${days}`, now: daysAgo(days) });
  await forget();
  expect(await left('select key as what from private.usage_events where user_id = $1', [userId])).toEqual([
    '399',
  ]);
  expect(await left('select used::text as what from public.usage where user_id = $1', [userId])).toEqual([
    '399',
  ]);
  expect(
    await left('select quantity::text as what from public.usage_days where user_id = $1 order by 1', [
      userId,
    ]),
  ).toEqual(['399', '403']);
  const { rows } = await service.query<{ outcome: string }>(
    'select outcome from private.record_usage(of_user => $1, of_meter => $2, amount => 403, of_key => $3, used_at => $4)',
    [userId, meter, '403', daysAgo(403)],
  );
  expect(rows).toEqual([{ outcome: 'untimely' }]);
});

test('many go in several statements of a bounded number each', async () => {
  const userId = await insertUser(admin);
  await admin.query(
    `insert into private.notices (user_id, kind, key, told_at)
     select $1, 'quota_reached', n::text, now() - interval '500 days' from generate_series(1, 2500) n`,
    [userId],
  );
  const { rows } = await databases
    .as('tandem_reconcile')
    .query<{ gone: string }>('select private.forget_notices() as gone');
  expect(rows).toEqual([{ gone: '1000' }]);
  expect(await forget()).toEqual({ looked: 1500, failed: 0 });
  expect(await left('select key as what from private.notices where user_id = $1', [userId])).toEqual([]);
});

test('what cannot be forgotten now keeps nothing else, and is told', async () => {
  const service = databases.as('tandem_reconcile');
  const userId = await insertUser(admin);
  await admin.query(
    `insert into private.notices (user_id, kind, key, told_at) values ($1, 'quota_reached', 'k', now() - interval '500 days')`,
    [userId],
  );
  const broken = {
    query: (text: string, values?: readonly unknown[]) =>
      text.includes('forget_sessions') ? Promise.reject(new Error('locked')) : service.query(text, values),
  } as unknown as Database;
  expect(await forget(broken)).toEqual({ looked: 1, failed: 1 });
  expect(failures).toEqual(['sessions']);
});
