-- Days that can change no more are summed once: usage may be reported for a week (private.record_usage), bookings and visits count
-- on the day itself, and a deleted account changes no sum. The views go on summing what is there, and are what closed days are
-- held against; the route takes closed days as they were summed.
create table analytics.closed_days (
  day date primary key,
  active_users bigint not null check (active_users >= 0),
  closed_at timestamptz not null default now()
);

comment on table analytics.closed_days is 'Days in UTC that are summed for good, without a gap from the first on. Deleted from one on, they are summed again.';

create table analytics.closed_revenue (
  day date not null references analytics.closed_days (day) on delete cascade,
  currency text not null,
  gross_minor bigint not null,
  refunded_minor bigint not null,
  disputed_minor bigint not null,
  fees_minor bigint not null,
  net_minor bigint not null,
  primary key (day, currency)
);

comment on table analytics.closed_revenue is 'analytics.revenue_by_day of closed days; ISO 4217 minor units.';

create table analytics.closed_usage (
  day date not null references analytics.closed_days (day) on delete cascade,
  meter text not null,
  quantity bigint not null,
  events bigint not null,
  users bigint not null,
  primary key (day, meter)
);

comment on table analytics.closed_usage is 'analytics.usage_by_day of closed days.';

-- As everywhere: nobody but the owner has a grant, and a grant that slips in opens nothing.
alter table analytics.closed_days enable row level security;

alter table analytics.closed_revenue enable row level security;

alter table analytics.closed_usage enable row level security;

-- Sums up the next week of days that ended nine days ago or earlier, and says how many days it were; 0 when all are. From the first
-- day of which anything is known. SECURITY DEFINER: the sweep reads none of it.
create function private.close_days() returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
  last_final constant date := (now() at time zone 'utc')::date - 9;
  from_day date;
  to_day date;
begin
  -- Two at once would sum the same days.
  lock table analytics.closed_days in exclusive mode;
  from_day := coalesce(
    (select max(c.day) + 1 from analytics.closed_days c),
    least(
      (select min(a.day) from private.active_days a),
      (select min(u.day) from public.usage_days u),
      (select min((t.booked_at at time zone 'utc')::date) from private.ledger_transactions t)));
  to_day := least(from_day + 6, last_final);
  if from_day is null or from_day > to_day then
    return 0;
  end if;
  insert into analytics.closed_days (day, active_users)
  select d.day::date, coalesce(a.users, 0)
  from generate_series(from_day::timestamp, to_day::timestamp, interval '1 day') as d(day)
  left join analytics.active_users_by_day a on a.day = d.day::date and a.day between from_day and to_day;
  insert into analytics.closed_revenue (day, currency, gross_minor, refunded_minor, disputed_minor, fees_minor, net_minor)
  select r.day, r.currency, r.gross_minor, r.refunded_minor, r.disputed_minor, r.fees_minor, r.net_minor
  from analytics.revenue_by_day r where r.day between from_day and to_day;
  insert into analytics.closed_usage (day, meter, quantity, events, users)
  select u.day, u.meter, u.quantity, u.events, u.users
  from analytics.usage_by_day u where u.day between from_day and to_day;
  return to_day - from_day + 1;
end
$$;

revoke execute on function private.close_days() from public;

grant execute on function private.close_days() to tandem_reconcile;

-- Who was there on which day is nobody's business for ever: the day keeps its number.
create function private.forget_active_days() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.active_days where ctid = any (array(
      select a.ctid from private.active_days a
      where a.day < (now() at time zone 'utc')::date - 400
        and a.day <= (select max(c.day) from analytics.closed_days c)
      order by a.day
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

revoke execute on function private.forget_active_days() from public;

grant execute on function private.forget_active_days() to tandem_reconcile;

-- As before, with closed days as they were summed. How many people there were in all these days cannot be summed by day, and is
-- null where those of the first days are forgotten.
create or replace function private.analytics(from_day date, to_day date) returns json
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
as $$
declare
  -- The first day of the range that is not closed.
  open_from constant date := greatest(from_day, (select max(c.day) + 1 from analytics.closed_days c));
begin
  return json_build_object(
    'sign_ups', (
      select coalesce(json_agg(s order by s.day), '[]') from analytics.sign_ups_by_day s where s.day between from_day and to_day),
    'active_users', (
      select coalesce(json_agg(a order by a.day), '[]') from (
        select c.day, c.active_users as users from analytics.closed_days c
        where c.day between from_day and to_day and c.active_users > 0
        union all
        select o.day, o.users from analytics.active_users_by_day o where o.day between open_from and to_day
      ) a),
    'active_in_all', case when from_day >= (now() at time zone 'utc')::date - 400 then (
      -- Not count(distinct), which sorts every row.
      select count(*) from (
        select distinct d.user_id from private.active_days d where d.day between from_day and to_day) people) end,
    'intents', (
      select coalesce(json_agg(i order by i.day, i.provider), '[]') from analytics.intents_by_day i
      where i.day between from_day and to_day),
    'revenue', (
      -- Minor units as text: they may be more than a number of JavaScript holds.
      select coalesce(json_agg(json_build_object('day', r.day, 'currency', r.currency, 'gross_minor', r.gross_minor::text,
        'refunded_minor', r.refunded_minor::text, 'disputed_minor', r.disputed_minor::text,
        'fees_minor', r.fees_minor::text, 'net_minor', r.net_minor::text) order by r.day, r.currency), '[]')
      from (
        select c.day, c.currency, c.gross_minor, c.refunded_minor, c.disputed_minor, c.fees_minor, c.net_minor
        from analytics.closed_revenue c where c.day between from_day and to_day
        union all
        select o.day, o.currency, o.gross_minor, o.refunded_minor, o.disputed_minor, o.fees_minor, o.net_minor
        from analytics.revenue_by_day o where o.day between open_from and to_day
      ) r),
    'usage', (
      select coalesce(json_agg(u order by u.day, u.meter), '[]') from (
        select c.day, c.meter, c.quantity, c.events, c.users
        from analytics.closed_usage c where c.day between from_day and to_day
        union all
        select o.day, o.meter, o.quantity, o.events, o.users from analytics.usage_by_day o where o.day between open_from and to_day
      ) u));
end
$$;
