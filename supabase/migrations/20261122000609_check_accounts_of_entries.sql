-- Every entry names one of six accounts, and each check of that foreign key locked the account's row: all payments of all
-- connections locked the same two rows, and each lock that another transaction holds, too, is a row of its own elsewhere
-- (a multixact) for Postgres to write, read and vacuum. The lock kept the account from going; none can: the list is append-only.
-- So the account is looked up by the check of the statement instead, which no entry gets past.
alter table private.ledger_entries drop constraint ledger_entries_account_fkey;

create trigger ledger_accounts_no_truncate before truncate on private.ledger_accounts
  for each statement execute function private.refuse_change();

create or replace function private.check_entries() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  if exists (
    select from (select distinct account from written) w
    where not exists (select from private.ledger_accounts a where a.id = w.account)
  ) then
    raise exception 'an entry of no account'
      using errcode = 'foreign_key_violation', constraint = 'ledger_entries_have_accounts', table = 'ledger_entries';
  end if;
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
