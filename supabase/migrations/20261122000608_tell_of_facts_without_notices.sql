-- A fact is written once, for ever, and so tells its payer once without a second table that remembers it: one row and two
-- index entries less for each payment, and nothing that grows with them. private.notices remembers what has no such key.
drop function private.notify_each(uuid[], text[], text[], jsonb[], boolean[]);

-- As before. `are_new`, place by place: whoever calls knows that it was not told before and will not be again, so that it is not
-- remembered.
create function private.notify_each(user_ids uuid[], kinds text[], keys text[], details jsonb[], mailed boolean[],
                                    are_new boolean[] default '{}')
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  if exists (
    select from unnest(kinds, details) as t(kind, data)
    left join public.notification_kinds k on k.kind = t.kind
    where k.kind is null or (t.data ?& k.fields) is not true
  ) then
    raise exception 'a notification of no kind, or without the data of its kind'
      using errcode = 'check_violation', constraint = 'notifications_have_data', table = 'notifications';
  end if;
  with said as (
    select distinct on (t.user_id, t.kind, t.key) t.user_id, t.kind, t.key, t.data, t.mailed, coalesce(t.is_new, false) as is_new
    from unnest(user_ids, kinds, keys, details, mailed, are_new) as t(user_id, kind, key, data, mailed, is_new)
    order by t.user_id, t.kind, t.key
  ), present as (
    -- Waits for a deletion that has begun, and then finds nobody.
    select u.id from auth.users u
    where u.id = any (user_ids) and u.deleted_at is null
    order by u.id for key share of u
  ), told as (
    insert into private.notices as n (user_id, kind, key)
    select s.user_id, s.kind, s.key
    from said s join present p on p.id = s.user_id
    where not s.is_new
    order by s.user_id, s.kind, s.key
    on conflict do nothing
    returning n.user_id, n.kind, n.key
  ), news as (
    select t.user_id, t.kind, t.key from told t
    union all
    select s.user_id, s.kind, s.key from said s join present p on p.id = s.user_id where s.is_new
  ), wanted as (
    select s.user_id, s.kind, s.key, s.data,
      coalesce(c.in_app, k.in_app) as in_app, s.mailed and coalesce(c.email, k.email) as email
    from news n
    join said s on s.user_id = n.user_id and s.kind = n.kind and s.key = n.key
    join public.notification_kinds k on k.kind = s.kind
    left join lateral public.notification_choices(array[s.user_id]) c on c.kind = s.kind
  ), shown as (
    insert into public.notifications (user_id, kind, key, data)
    select w.user_id, w.kind, w.key, w.data from wanted w where w.in_app
  )
  insert into private.outbox (user_id, kind, data)
  select w.user_id, w.kind, w.data from wanted w where w.email;
end
$$;

comment on function private.notify_each(uuid[], text[], text[], jsonb[], boolean[], boolean[]) is
  'Tells users of things, each under its key once; honours their choices.';

revoke execute on function private.notify_each(uuid[], text[], text[], jsonb[], boolean[], boolean[]) from public;

-- As before, but that of a dispute the newest is the news: it goes through several statuses, each a fact of its own, and may come
-- to the same one again, so what was told of it is remembered. What was told of before are facts that are not written again.
create or replace function private.notify_of_facts() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  told record;
begin
  if not exists (select from written where kind in ('capture', 'refund', 'dispute')) then
    return null;
  end if;
  with fresh as (
    select w.payment_id, w.provider, w.kind, w.object_id, w.status, w.amount_minor, w.parent_id, w.as_of from written w
    where w.kind in ('capture', 'refund', 'dispute')
    union
    -- Refunds that waited for their capture to be known.
    select f.payment_id, f.provider, f.kind, f.object_id, f.status, f.amount_minor, f.parent_id, f.as_of
    from written w
    join private.payment_facts f on f.payment_id = w.payment_id and f.kind = 'refund' and f.parent_id = w.object_id
    where w.kind = 'capture' and w.status = 'succeeded'
  ), news as (
    select p.user_id,
      -- A dispute may be closed another way than before: that is told, too.
      f.object_id || case when f.kind = 'dispute' and f.status in ('warning_closed', 'prevented', 'won', 'lost')
        then ':' || f.status else '' end as key,
      p.id, p.currency, p.description, p.created_at, f.status,
      case
        when f.kind = 'capture' and f.status = 'succeeded' then 'payment_succeeded'
        when f.kind = 'capture' and f.status = 'failed' and p.captured_minor = 0 then 'payment_failed'
        when f.kind = 'refund' and f.status = 'succeeded' and exists (
          select from private.payment_facts c
          where c.provider = f.provider and c.kind = 'capture' and c.object_id = f.parent_id and c.status = 'succeeded'
            and c.payment_id = f.payment_id) then 'payment_refunded'
        when f.kind = 'dispute' and f.status in ('warning_needs_response', 'warning_under_review', 'needs_response',
                                                 'under_review') then 'payment_disputed'
        when f.kind = 'dispute' then 'dispute_closed'
      end as kind,
      -- A charge that failed has taken nothing; what was to be paid is told.
      case when f.status = 'failed' then p.amount_minor else f.amount_minor end as amount_minor
    from fresh f join public.payments p on p.id = f.payment_id
    where p.user_id is not null and not exists (
      select from private.payment_facts further
      where further.provider = f.provider and further.kind = f.kind and further.object_id = f.object_id
        and (further.as_of, private.fact_rank(further.kind, further.status)) > (f.as_of, private.fact_rank(f.kind, f.status)))
  )
  select array_agg(n.user_id) as user_ids, array_agg(n.kind) as kinds, array_agg(n.key) as keys,
    array_agg(jsonb_build_object('payment_id', n.id) || case
      when n.kind in ('payment_disputed', 'dispute_closed') then jsonb_build_object('status', n.status)
      -- Minor units as text: they may be more than a number of JavaScript holds.
      else jsonb_build_object('amount_minor', n.amount_minor::text, 'currency', n.currency, 'description', n.description)
    end) as details,
    -- A card that is declined is seen by whoever is paying; a bank that says no days later is not.
    array_agg(n.kind <> 'payment_failed' or n.created_at < now() - interval '1 hour') as mailed,
    array_agg(n.kind not in ('payment_disputed', 'dispute_closed')) as are_new
  into told
  from news n where n.kind is not null;
  if told.user_ids is not null then
    perform private.notify_each(told.user_ids, told.kinds, told.keys, told.details, told.mailed, told.are_new);
  end if;
  return null;
end
$$;
