import type { Client } from 'pg';

export interface Size {
  readonly events: number;
  readonly users: number;
  readonly payments: number;
}

/** A day back from today, spread by a number. */
const dayOf = (n: string): string => `(current_date - 364 + ((${n}) % 365)::integer)`;

/** The first day of the month of a day. */
const MONTH = `date_trunc('month', d.day::timestamp)::date`;

/**
 * A house of a year: users who come on every fifth day, each time with a few events on one or two meters; payments of two
 * providers in two currencies, each with its fee, every tenth with a refund. Triggers and foreign keys sleep meanwhile, and two
 * indexes are made afterwards: what is measured is what stands there in the end.
 */
export const fill = async (client: Client, size: Size, note: (text: string) => void): Promise<void> => {
  const { users, payments } = size;
  // Cells of a user, a meter and a day: 73 days of each user, with both meters on every other one.
  const cells = Math.max(1, Math.round(users * 73 * 1.5));
  const steps: readonly (readonly [string, string])[] = [
    [
      'begin',
      `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '1GB';
      set work_mem = '256MB'`,
    ],
    [
      'accounts',
      `create table public.bench_users as
        select n, md5('user ' || n)::uuid as id, ${dayOf('n * 7')} as signed_up from generate_series(0, ${users - 1}) n;
      alter table public.bench_users add primary key (n);
      insert into auth.users (id, email, created_at) select id, id || '@example.test', signed_up from public.bench_users;
      insert into public.user_profiles (id, created_at) select id, signed_up from public.bench_users;
      insert into public.subscriptions (user_id, plan, status, provider, current_period_start, current_period_end)
        select id, 'team', 'active', 'manual', date_trunc('month', now()), date_trunc('month', now()) + interval '1 month'
        from public.bench_users`,
    ],
    [
      'events',
      `alter table private.usage_events drop constraint usage_events_pkey;
      drop index private.usage_events_user_used_idx;
      insert into private.usage_events (user_id, key, meter, quantity, used_at, recorded_at)
        select u.id, 'event ' || e.n, case when e.cell % 3 = 2 then 'exports' else 'api_calls' end, 1 + e.n % 9, e.at, e.at
        from (
          select n, (n % ${cells})::bigint as cell,
            ${dayOf(`(n % ${cells}) / 3 % 73 * 5 + (n % ${cells}) % 5`)} + n % 86000 * interval '1 second' as at
          from generate_series(1, ${size.events}::bigint) n
        ) e
        join public.bench_users u on u.n = e.cell / 3 / 73 * 2 + least(e.cell % 3, 1);
      alter table private.usage_events add primary key (user_id, key);
      create index usage_events_user_used_idx on private.usage_events (user_id, used_at)`,
    ],
    [
      'days and periods',
      `insert into public.usage_days (user_id, meter, day, quantity, events)
        select user_id, meter, (used_at at time zone 'utc')::date, sum(quantity), count(*)
        from private.usage_events group by 1, 2, 3 order by 3;
      insert into public.usage (user_id, meter, period, period_start, period_end, used)
        select d.user_id, d.meter, 'month', ${MONTH}, (${MONTH} + interval '1 month')::date, sum(d.quantity)
        from public.usage_days d group by 1, 2, 4;
      insert into private.active_days (day, user_id) select distinct day, user_id from public.usage_days order by 1`,
    ],
    [
      'payments and books',
      `insert into public.payments (id, user_id, provider, price_id, currency, amount_minor, status,
          captured_minor, created_at)
        select md5('payment ' || s.n)::uuid, u.id, case when s.n % 3 = 0 then 'paypal' else 'stripe' end, 'pro',
          case when s.n % 4 = 0 then 'EUR' else 'USD' end, 1999, case when s.n % 5 = 0 then 'canceled' else 'succeeded' end,
          case when s.n % 5 = 0 then 0 else 1999 end, ${dayOf('s.n * 11')}
        from generate_series(1, ${payments}) s(n) join public.bench_users u on u.n = s.n % ${users};
      insert into private.ledger_transactions (key, payment_id, currency, kind, booked_at)
        select k.kind || ':' || p.id, p.id, p.currency, k.kind, p.created_at + interval '1 minute'
        from public.payments p cross join (values ('capture', 1), ('fee', 1), ('refund', 10)) as k(kind, every)
        where p.captured_minor > 0 and hashtext(p.id::text) % k.every = 0 order by p.created_at;
      insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
        select t.key, a.account, t.currency, a.sign * case t.kind when 'fee' then 88 else 1999 end
        from private.ledger_transactions t join (values
          ('capture', 'stripe_balance', 1), ('capture', 'sales', -1), ('fee', 'provider_fees', 1), ('fee', 'stripe_balance', -1),
          ('refund', 'sales', 1), ('refund', 'stripe_balance', -1)) as a(kind, account, sign) on a.kind = t.kind
        order by t.booked_at`,
    ],
    ['statistics', 'vacuum analyze'],
    ['end', 'set session_replication_role = origin; set synchronous_commit = on'],
  ];
  for (const [what, sql] of steps) {
    const started = performance.now();
    await client.query(sql);
    note(`${what}: ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  }
};
