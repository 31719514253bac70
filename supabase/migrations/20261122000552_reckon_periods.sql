-- Which period a day falls in. Periods are whole days in UTC, so that a period's sum is that of its days.
--
-- A billing period is known by the subscription's current one. Those before and after it are reckoned in its own length:
-- in months from whichever of its two ends has the later day of month, because a short month moves that day only down. So
-- January 31 is followed by February 28, March 31 and April 30, whichever of these the current period begins with.
create function private.usage_period(period text, on_day date, current_start date, current_end date)
  returns table (starts date, ends date)
  language sql immutable
begin atomic
  with known as (
    select
      case when extract(day from current_end) > extract(day from current_start) then current_end else current_start end as anchor,
      current_end - current_start as days,
      greatest(1, round((current_end - current_start) / 30.44))::integer as months
  ), steps as (
    select anchor, days, months,
      -- So many times the length lie between the anchor and the day, or one more than that.
      floor(((extract(year from on_day) - extract(year from anchor)) * 12
             + extract(month from on_day) - extract(month from anchor)) / months)::integer as n
    from known
  ), reckoned as (
    select anchor, months, days,
      n - case when (anchor + make_interval(months => n * months))::date > on_day then 1 else 0 end as n
    from steps
  )
  select on_day, on_day + 1 where period = 'day'
  union all
  select date_trunc('month', on_day::timestamp)::date, (date_trunc('month', on_day::timestamp) + interval '1 month')::date
  where period = 'month' or (period = 'billing_period' and (current_start is null or current_end is null))
  union all
  select current_start, current_end
  where period = 'billing_period' and on_day >= current_start and on_day < current_end
  union all
  -- Less than four weeks: by days.
  select current_start + floor((on_day - current_start)::numeric / days)::integer * days,
    current_start + (floor((on_day - current_start)::numeric / days)::integer + 1) * days
  from reckoned
  where period = 'billing_period' and days < 28 and not (on_day >= current_start and on_day < current_end)
  union all
  select (anchor + make_interval(months => n * months))::date, (anchor + make_interval(months => (n + 1) * months))::date
  from reckoned
  where period = 'billing_period' and days >= 28 and not (on_day >= current_start and on_day < current_end);
end;

comment on function private.usage_period(text, date, date, date) is
  'The period that a day falls in: its first day and the first after it.';

revoke execute on function private.usage_period(text, date, date, date) from public;

-- What a user may use, by the plan of this moment, and in which period something used then counts.
create function private.quotas_in_force(of_user uuid, used_at timestamptz, now_at timestamptz)
  returns table (plan text, meter text, period text, starts date, ends date, soft_limit bigint, hard_limit bigint)
  language sql stable
begin atomic
  select coalesce(s.plan, 'free'), q.meter, q.period, p.starts, p.ends, q.soft_limit, q.hard_limit
  from (values (true)) as always
  left join public.subscriptions s on s.user_id = of_user and s.status in ('trialing', 'active', 'past_due')
    and not (s.cancel_at_period_end and s.current_period_end <= now_at)
  left join public.plan_quotas q on q.plan = coalesce(s.plan, 'free')
  left join lateral private.usage_period(q.period, (used_at at time zone 'utc')::date,
    (s.current_period_start at time zone 'utc')::date, (s.current_period_end at time zone 'utc')::date) p on true;
end;

comment on function private.quotas_in_force(uuid, timestamptz, timestamptz) is
  'A row for each meter of a user''s plan: limits, and the period of the moment of use. One without a meter where there is none.';

revoke execute on function private.quotas_in_force(uuid, timestamptz, timestamptz) from public;

-- How a user stands with each meter of the plan. A period that nothing was recorded in as such, after a change of plan, has the
-- sum of its days.
create function private.current_usage(of_user uuid, now_at timestamptz)
  returns table (plan text, meter text, unit text, period text, period_start date, period_end date, used bigint,
                 soft_limit bigint, hard_limit bigint)
  language sql stable security definer set search_path = ''
as $$
  select q.plan, q.meter, m.unit, q.period, q.starts, q.ends,
    coalesce(u.used, (
      select sum(d.quantity)::bigint from public.usage_days d
      where d.user_id = of_user and d.meter = q.meter and d.day >= q.starts and d.day < q.ends), 0),
    q.soft_limit, q.hard_limit
  from private.quotas_in_force(of_user, now_at, now_at) q
  left join public.meters m on m.id = q.meter
  left join public.usage u on u.user_id = of_user and u.meter = q.meter and u.period = q.period and u.period_start = q.starts
  order by q.meter
$$;

comment on function private.current_usage(uuid, timestamptz) is 'A user''s plan, limits and usage in the running periods; one row without a meter where the plan has none.';

revoke execute on function private.current_usage(uuid, timestamptz) from public;

grant execute on function private.current_usage(uuid, timestamptz) to tandem_payment;
