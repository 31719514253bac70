-- Every booking is one that a fact or a payout calls for, between the accounts it calls for; what calls for one and has none
-- is refused on its own side (the file before this one). Transactions and entries arrive in one statement.
drop trigger ledger_transactions_balance on private.ledger_transactions;

drop trigger ledger_entries_balance on private.ledger_entries;

drop function private.check_ledger_balance();

create function private.check_bookings() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  ids uuid[] := array(select distinct payment_id from written where payment_id is not null);
  payouts text[] := array(select key from written where payment_id is null);
begin
  if exists (
    with due as (
      select * from private.due_bookings(ids)
      union all
      select null, * from private.due_payout_bookings(
        array(select split_part(k, ':', 1) from unnest(payouts) k),
        array(select regexp_replace(k, '^[^:]*:payout:(.*):[^:]*$', '\1') from unnest(payouts) k))
    )
    select from written w
    left join due d on d.key = w.key and d.kind = w.kind and d.currency = w.currency
                   and d.payment_id is not distinct from w.payment_id
    left join private.ledger_entries gets
      on gets.transaction_key = w.key and gets.account = d.debit and gets.amount_minor = d.amount_minor
    left join private.ledger_entries gives
      on gives.transaction_key = w.key and gives.account = d.credit and gives.amount_minor = -d.amount_minor
    where gets.account is null or gives.account is null
  ) then
    raise exception 'a booking that nothing calls for, or not as it is called for'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transactions_book_facts',
            table = 'ledger_transactions';
  end if;
  return null;
end
$$;

create function private.check_entries() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  -- The two of a transaction were checked with it; nothing may join them.
  if exists (
    select from private.ledger_entries e
    where e.transaction_key in (select transaction_key from written)
    group by e.transaction_key having count(*) <> 2 or sum(e.amount_minor) <> 0
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
