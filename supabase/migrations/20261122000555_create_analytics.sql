-- What the house wants to know, by day in UTC; each figure is defined in docs/usage.md. Views for the owner, in a schema that
-- nobody else may enter; the payment service gets them by one function, for a range of days, and needs no grant on what is
-- beneath.
create schema analytics;

comment on schema analytics is 'Not exposed by the Data API, and the owner''s alone: figures of the house by day.';

create index user_profiles_signed_up_day_idx on public.user_profiles (((created_at at time zone 'utc')::date));

create index payments_started_day_idx on public.payments (((created_at at time zone 'utc')::date));

create index ledger_transactions_booked_day_idx on private.ledger_transactions (((booked_at at time zone 'utc')::date));

-- Accounts made on a day, deleted ones too, and how many of them have paid.
create view analytics.sign_ups_by_day with (security_invoker = true) as
  select a.day, count(*) as sign_ups, count(a.first_paid_at) as paid,
    count(*) filter (where a.first_paid_at < a.signed_up_at + interval '30 days') as paid_within_30_days
  from (
    select (p.created_at at time zone 'utc')::date as day, p.created_at as signed_up_at, first.paid_at as first_paid_at
    from public.user_profiles p
    left join lateral (
      select min(q.created_at) as paid_at from public.payments q where q.user_id = p.id and q.captured_minor > 0
    ) first on true
    union all
    select (x.signed_up_at at time zone 'utc')::date, x.signed_up_at, x.first_paid_at from private.past_accounts x
  ) a
  group by a.day;

comment on view analytics.sign_ups_by_day is 'Accounts made on a day, and how many of them have made a payment since.';

create view analytics.active_users_by_day with (security_invoker = true) as
  select a.day, count(*) as users from private.active_days a group by a.day;

comment on view analytics.active_users_by_day is 'How many people used a session on a day.';

create view analytics.intents_by_day with (security_invoker = true) as
  select (p.created_at at time zone 'utc')::date as day, p.provider, count(*) as intents,
    count(*) filter (where p.captured_minor > 0) as succeeded
  from public.payments p
  group by 1, 2;

comment on view analytics.intents_by_day is 'Payments started on a day with a provider, and how many of them were paid.';

-- From the books alone. Credits are negative there, so what came in is a negative sum of `sales`.
create view analytics.revenue_by_day with (security_invoker = true) as
  select (t.booked_at at time zone 'utc')::date as day, t.currency,
    coalesce(-sum(e.amount_minor) filter (where e.account = 'sales' and t.kind = 'capture'), 0)::bigint as gross_minor,
    coalesce(sum(e.amount_minor) filter (where e.account = 'sales' and t.kind <> 'capture'), 0)::bigint as refunded_minor,
    coalesce(sum(e.amount_minor) filter (where e.account = 'disputes'), 0)::bigint as disputed_minor,
    coalesce(sum(e.amount_minor) filter (where e.account = 'provider_fees'), 0)::bigint as fees_minor,
    (-sum(e.amount_minor))::bigint as net_minor
  from private.ledger_transactions t
  join private.ledger_entries e on e.transaction_key = t.key and e.account in ('sales', 'disputes', 'provider_fees')
  group by 1, 2;

comment on view analytics.revenue_by_day is 'What was booked on a day in a currency, in ISO 4217 minor units; net is gross less refunds, disputes and fees.';

create view analytics.usage_by_day with (security_invoker = true) as
  -- At most what a number of JavaScript holds.
  select d.day, d.meter, least(sum(d.quantity), 9007199254740991)::bigint as quantity, sum(d.events)::bigint as events,
    count(*) as users
  from public.usage_days d
  group by d.day, d.meter;

comment on view analytics.usage_by_day is 'How much of a meter everybody together used on a day.';

-- All of it for the days from one to another, both included. Days on which nothing happened are left out. Planned for the days
-- that are asked for: a day and three months are not read alike.
create function private.analytics(from_day date, to_day date) returns json
  language sql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan
as $$
  select json_build_object(
    'sign_ups', (
      select coalesce(json_agg(s order by s.day), '[]') from analytics.sign_ups_by_day s where s.day between from_day and to_day),
    'active_users', (
      select coalesce(json_agg(a order by a.day), '[]') from analytics.active_users_by_day a where a.day between from_day and to_day),
    'active_in_all', (
      -- Not count(distinct), which sorts every row.
      select count(*) from (
        select distinct d.user_id from private.active_days d where d.day between from_day and to_day) people),
    'intents', (
      select coalesce(json_agg(i order by i.day, i.provider), '[]') from analytics.intents_by_day i
      where i.day between from_day and to_day),
    'revenue', (
      -- Minor units as text: they may be more than a number of JavaScript holds.
      select coalesce(json_agg(json_build_object('day', r.day, 'currency', r.currency, 'gross_minor', r.gross_minor::text,
        'refunded_minor', r.refunded_minor::text, 'disputed_minor', r.disputed_minor::text,
        'fees_minor', r.fees_minor::text, 'net_minor', r.net_minor::text) order by r.day, r.currency), '[]')
      from analytics.revenue_by_day r where r.day between from_day and to_day),
    'usage', (
      select coalesce(json_agg(u order by u.day, u.meter), '[]') from analytics.usage_by_day u
      where u.day between from_day and to_day))
$$;

comment on function private.analytics(date, date) is 'Sign-ups, active users, intents, revenue and usage by day; docs/usage.md.';

revoke execute on function private.analytics(date, date) from public;

grant execute on function private.analytics(date, date) to tandem_payment;
