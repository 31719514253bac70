-- No statement may leave a payment, its facts and the books apart, whoever runs it. Checked at the end of each statement for
-- all its rows at once: the one writer writes all of them in one statement, whose parts its triggers see, and checking a
-- hundred payments together costs little more than checking one. A statement that writes one side alone is refused at once.
--
-- A connection plans these checks once and keeps the plans, perhaps since the tables were empty: so they are told never to read
-- a table whole.
drop trigger payments_totals_follow_facts on public.payments;

drop trigger payment_facts_are_in_totals on private.payment_facts;

drop function private.check_payment_totals();

create function private.refuse_underived(ids uuid[]) returns void
  language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  if exists (
    select from private.derive_payments(ids) d join public.payments p on p.id = d.id
    where (p.status, p.captured_minor, p.refunded_minor, p.reversed_minor, p.fee_minor, p.dispute_status)
      is distinct from
      (d.status, d.captured_minor, d.refunded_minor, d.reversed_minor, d.fee_minor, d.dispute_status)
  ) then
    raise exception 'a payment differs from its facts'
      using errcode = 'integrity_constraint_violation', constraint = 'payments_follow_facts', table = 'payments';
  end if;
end
$$;

-- Neither a state without its facts ...
create function private.check_payments() returns trigger
  language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  perform private.refuse_underived(array(select id from written));
  return null;
end
$$;

-- ... nor facts without their state and their bookings.
create function private.check_facts() returns trigger
  language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  ids uuid[] := array(select distinct payment_id from written);
begin
  perform private.refuse_underived(ids);
  if exists (
    select from private.due_bookings(ids) d
    where not exists (select from private.ledger_transactions t where t.key = d.key)
  ) then
    raise exception 'a fact is not booked'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_facts_are_booked', table = 'payment_facts';
  end if;
  if exists (select from written w join public.payments p on p.id = w.payment_id where p.provider <> w.provider) then
    raise exception 'a fact of another provider than its payment'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_facts_provider', table = 'payment_facts';
  end if;
  return null;
end
$$;

create trigger payments_follow_facts_when_opened after insert on public.payments
  referencing new table as written for each statement execute function private.check_payments();

create trigger payments_follow_facts after update on public.payments
  referencing new table as written for each statement execute function private.check_payments();

create trigger payment_facts_have_effect after insert on private.payment_facts
  referencing new table as written for each statement execute function private.check_facts();

create function private.check_payouts() returns trigger
  language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  providers text[];
  object_ids text[];
begin
  if not exists (select from written) then
    return null;
  end if;
  select array_agg(provider order by provider, object_id), array_agg(object_id order by provider, object_id)
  into providers, object_ids
  from (select distinct provider, object_id from written) w;
  -- Two transactions that report one payout must see each other, or neither books what follows from both; and a payout has no
  -- row of its own to lock. The statements below see what was committed before the lock was had.
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(':', t.provider, 'payout', t.object_id), 0))
  from unnest(providers, object_ids) as t(provider, object_id);
  if exists (
    select from private.payouts p where (p.provider, p.object_id) in (select * from unnest(providers, object_ids))
    group by p.provider, p.object_id having count(distinct (p.currency, p.amount_minor)) > 1
  ) then
    raise exception 'reports of a payout differ in its worth'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_agree', table = 'payouts';
  end if;
  if exists (
    select from private.due_payout_bookings(providers, object_ids) d
    where not exists (select from private.ledger_transactions t where t.key = d.key)
  ) then
    -- As a conflict, to be tried again: another transaction may just have written the report that this one did not know.
    raise exception 'a payout is not booked'
      using errcode = 'serialization_failure', constraint = 'payouts_are_booked', table = 'payouts';
  end if;
  return null;
end
$$;

create trigger payouts_have_effect after insert on private.payouts
  referencing new table as written for each statement execute function private.check_payouts();

revoke all on function private.refuse_underived(uuid[]), private.check_payments(), private.check_facts(),
  private.check_payouts() from public;
