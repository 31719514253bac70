-- Records what a user has used, in the transaction of the service that calls: both are committed, or neither. It answers
--   admitted   recorded, and counted in the day and the period of its time;
--   duplicate  recorded before under this key: counted once;
--   refused    it would go beyond the hard limit, or the meter is no part of the plan. Nothing was recorded;
--   conflict   the key is taken by other usage;
--   untimely   used more than 7 days before it is noted, or 5 minutes after: clocks differ;
--   absent     there is no such account (any more);
-- with what is used now and the limits, read after the row was changed.
--
-- Any number of calls at one moment together stay within the limit: the sum is changed by one statement that checks it, so they
-- queue for its row. A caller locks that row until its transaction ends: record late in it, several meters in one order.
-- Reads committed rows in each statement: call it at the isolation level READ COMMITTED, Postgres's own.
--
-- SECURITY DEFINER: no service needs a grant on the tables. A migration whose service calls it grants the role the right to.
create function private.record_usage(of_user uuid, of_meter text, amount bigint, of_key text,
                                     used_at timestamptz default null, noted_at timestamptz default now())
  returns table (outcome text, period text, period_start date, period_end date, used bigint, soft_limit bigint,
                 hard_limit bigint)
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  earlier private.usage_events;
  at_time timestamptz;
  quota record;
  reached text;
  limit_of bigint;
  -- Of this user's calls for this meter.
  lock_key constant bigint := hashtextextended(of_user || ' ' || of_meter, 0);
begin
  if not exists (select from public.meters m where m.id = of_meter) then
    raise exception 'no such meter: %', of_meter using errcode = 'foreign_key_violation', table = 'meters';
  end if;
  -- First of all, as a deletion of the account does: in another order they would wait for each other.
  perform from auth.users a where a.id = of_user and a.deleted_at is null for key share;
  if not found then
    outcome := 'absent';
    return next;
    return;
  end if;

  select e.* into earlier from private.usage_events e where e.user_id = of_user and e.key = of_key;
  at_time := coalesce(earlier.used_at, record_usage.used_at, noted_at);
  select q.* into quota from private.quotas_in_force(of_user, at_time, noted_at) q where q.meter = of_meter;
  if quota.meter is null then
    -- With the types of the other: a session keeps the plan it made for them.
    select 'month'::text as period, null::text as meter, 0::bigint as hard_limit, null::bigint as soft_limit, p.* into quota
    from private.usage_period('month', (at_time at time zone 'utc')::date, null, null) p;
  end if;
  period := quota.period;
  period_start := quota.starts;
  period_end := quota.ends;
  soft_limit := quota.soft_limit;
  hard_limit := quota.hard_limit;
  used := 0;

  if earlier.key is not null then
    outcome := 'duplicate';
  elsif at_time < noted_at - interval '7 days' or at_time > noted_at + interval '5 minutes' then
    outcome := 'untimely';
  elsif quota.meter is null then
    outcome := 'refused';
  else
    -- The row of a new period starts with what its days hold, which is more than nothing after a change of plan. So that no
    -- call is under way whose day is not seen here, whoever makes the row waits for the others, and they for it.
    perform from public.usage u
      where u.user_id = of_user and u.meter = of_meter and u.period = quota.period and u.period_start = quota.starts;
    if found then
      perform pg_advisory_xact_lock_shared(lock_key);
    else
      perform pg_advisory_xact_lock(lock_key);
      insert into public.usage (user_id, meter, period, period_start, period_end, used, updated_at)
      select of_user, of_meter, quota.period, quota.starts, quota.ends, coalesce(sum(d.quantity), 0), noted_at
      from public.usage_days d
      where d.user_id = of_user and d.meter = of_meter and d.day >= quota.starts and d.day < quota.ends
      on conflict do nothing;
    end if;

    update public.usage u
    set used = u.used + amount, period_end = quota.ends, updated_at = noted_at
    where u.user_id = of_user and u.meter = of_meter and u.period = quota.period and u.period_start = quota.starts
      and u.used + amount <= least(quota.hard_limit, 9007199254740991)
    returning u.used into record_usage.used;
    outcome := case when found then 'admitted' else 'refused' end;

    if outcome = 'admitted' then
      insert into private.usage_events (user_id, key, meter, quantity, used_at, recorded_at)
      values (of_user, of_key, of_meter, amount, at_time, noted_at)
      on conflict do nothing;
      if not found then
        -- The same key at the same moment, and the other one came first.
        update public.usage u set used = u.used - amount
        where u.user_id = of_user and u.meter = of_meter and u.period = quota.period and u.period_start = quota.starts;
        outcome := 'duplicate';
      end if;
    end if;
    if outcome <> 'admitted' then
      -- Looked up again: it may be the other one that took the last of the quota.
      select e.* into earlier from private.usage_events e where e.user_id = of_user and e.key = of_key;
      outcome := case when earlier.key is null then outcome else 'duplicate' end;
    end if;
  end if;

  if outcome = 'duplicate' and (earlier.meter <> of_meter or earlier.quantity <> amount
                                or earlier.used_at <> coalesce(record_usage.used_at, earlier.used_at)) then
    outcome := 'conflict';
  end if;

  if outcome = 'admitted' then
    insert into public.usage_days as d (user_id, meter, day, quantity, events)
    values (of_user, of_meter, (at_time at time zone 'utc')::date, amount, 1)
    on conflict (user_id, meter, day) do update set quantity = d.quantity + excluded.quantity, events = d.events + 1;
  else
    select coalesce(
      (select u.used from public.usage u
       where u.user_id = of_user and u.meter = of_meter and u.period = quota.period and u.period_start = quota.starts),
      (select sum(d.quantity) from public.usage_days d
       where d.user_id = of_user and d.meter = of_meter and d.day >= quota.starts and d.day < quota.ends), 0)
    into record_usage.used;
  end if;

  -- Who comes to a limit is told, once for each limit in each period: by reaching it, or by what no longer fits. Of the soft one
  -- only if the hard one is not reached, too, and not by mail.
  if quota.meter is not null and (outcome = 'refused' and amount <= hard_limit
                                  or outcome = 'admitted' and used - amount < hard_limit and used >= hard_limit) then
    reached := 'hard';
    limit_of := hard_limit;
  elsif outcome = 'admitted' and used - amount < soft_limit and used >= soft_limit then
    reached := 'soft';
    limit_of := soft_limit;
  end if;
  if reached is not null then
    perform private.notify_each(array[of_user], array['quota_reached'],
      array[concat_ws(':', of_meter, reached, limit_of, period_start)],
      array[jsonb_build_object('meter', of_meter, 'quota', limit_of::text, 'level', reached, 'period_end', period_end)],
      array[reached = 'hard']);
  end if;
  return next;
end
$$;

comment on function private.record_usage(uuid, text, bigint, text, timestamptz, timestamptz) is
  'Records usage once for each user and key, within the quota: admitted, duplicate, refused, conflict, untimely or absent.';

revoke execute on function private.record_usage(uuid, text, bigint, text, timestamptz, timestamptz) from public;

grant execute on function private.record_usage(uuid, text, bigint, text, timestamptz, timestamptz) to tandem_payment;
