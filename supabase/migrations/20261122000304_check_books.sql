-- Every booking is one that a fact or a payout calls for, between the accounts it calls for; what calls for one and has none
-- is refused on its own side (the file before this one). Transactions and entries arrive in one statement.
drop trigger ledger_transactions_balance on private.ledger_transactions;

drop trigger ledger_entries_balance on private.ledger_entries;

drop function private.check_ledger_balance();

create function private.check_bookings() returns trigger
  language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  ids uuid[] := array(select distinct payment_id from written where payment_id is not null);
  payouts text[] := array(select key from written where payment_id is null);
begin
  -- As sets, so that the cost grows with the rows and not with their square, whatever the planner thinks of them.
  if exists (
    select w.key, w.payment_id, w.kind, w.currency,
      (select array_agg(e.account || ' ' || e.amount_minor order by e.amount_minor)
       from private.ledger_entries e where e.transaction_key = w.key)
    from written w
    except
    (select d.key, d.payment_id, d.kind, d.currency,
       array[d.credit || ' ' || -d.amount_minor, d.debit || ' ' || d.amount_minor]
     from private.due_bookings(ids) d
     union all
     select d.key, null, d.kind, d.currency,
       array[d.credit || ' ' || -d.amount_minor, d.debit || ' ' || d.amount_minor]
     from private.due_payout_bookings(
       array(select split_part(k, ':', 1) from unnest(payouts) k),
       array(select regexp_replace(k, '^[^:]*:payout:(.*):[^:]*$', '\1') from unnest(payouts) k)) d)
  ) then
    raise exception 'a booking that nothing calls for, or not as it is called for'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transactions_book_facts',
            table = 'ledger_transactions';
  end if;
  return null;
end
$$;

create function private.check_entries() returns trigger
  language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  -- The two of a transaction were checked with it; nothing may join them.
  if exists (
    select from (select distinct transaction_key as key from written) w
    where (select count(*) <> 2 or sum(e.amount_minor) <> 0 from private.ledger_entries e where e.transaction_key = w.key)
  ) then
    raise exception 'a ledger transaction is not balanced'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transactions_balance', table = 'ledger_entries';
  end if;
  return null;
end
$$;

create trigger ledger_transactions_book_facts after insert on private.ledger_transactions
  referencing new table as written for each statement execute function private.check_bookings();

create trigger ledger_entries_balance after insert on private.ledger_entries
  referencing new table as written for each statement execute function private.check_entries();

revoke all on function private.check_bookings(), private.check_entries() from public;
