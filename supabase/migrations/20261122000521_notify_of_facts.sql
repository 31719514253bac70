-- Who paid is told what came of it, in the transaction that writes the fact: by a trigger, because facts have several writers
-- and must have none that forgets. A fact is written once, however often it is reported, so it is told once; one that is
-- written again in a scratch database (docs/rebuild.md) belongs to nobody there. Once for each statement: a batch of a hundred
-- facts costs three queries.
--
-- What is told is news: that a capture failed is none once it, or another, has succeeded, nor that a refund succeeded once a
-- bank returned it, nor that there is a dispute once it is decided. So it does not matter in which order the reports come.
create function private.notify_of_facts() returns trigger
  language plpgsql security definer
  set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  told record;
begin
  if not exists (select from written where kind in ('capture', 'refund', 'dispute')) then
    return null;
  end if;
  with fresh as (
    select w.payment_id, w.provider, w.kind, w.object_id, w.status, w.amount_minor, w.parent_id from written w
    where w.kind in ('capture', 'refund', 'dispute')
    union
    -- Refunds that waited for their capture to be known.
    select f.payment_id, f.provider, f.kind, f.object_id, f.status, f.amount_minor, f.parent_id
    from written w
    join private.payment_facts f on f.payment_id = w.payment_id and f.kind = 'refund' and f.parent_id = w.object_id
    where w.kind = 'capture' and w.status = 'succeeded'
  ), news as (
    select p.user_id, f.object_id as key, p.id, p.currency, p.description, p.created_at, f.status,
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
        and private.fact_rank(further.kind, further.status) > private.fact_rank(f.kind, f.status))
  )
  select array_agg(n.user_id) as user_ids, array_agg(n.kind) as kinds, array_agg(n.key) as keys,
    array_agg(jsonb_build_object('payment_id', n.id) || case
      when n.kind in ('payment_disputed', 'dispute_closed') then jsonb_build_object('status', n.status)
      -- Minor units as text: they may be more than a number of JavaScript holds.
      else jsonb_build_object('amount_minor', n.amount_minor::text, 'currency', n.currency, 'description', n.description)
    end) as details,
    -- A card that is declined is seen by whoever is paying; a bank that says no days later is not.
    array_agg(n.kind <> 'payment_failed' or n.created_at < now() - interval '1 hour') as mailed
  into told
  from news n where n.kind is not null;
  if told.user_ids is not null then
    perform private.notify_each(told.user_ids, told.kinds, told.keys, told.details, told.mailed);
  end if;
  return null;
end
$$;

revoke execute on function private.notify_of_facts() from public;

-- By its name the last of them: first it is checked that the facts may stand.
create trigger payment_facts_tell after insert on private.payment_facts
  referencing new table as written for each statement execute function private.notify_of_facts();
