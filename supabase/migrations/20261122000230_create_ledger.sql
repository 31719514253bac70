-- Double entry. A transaction's key is the fact it books, so a fact is booked once; its entries sum to zero at commit;
-- nothing is ever changed or removed: a refund that the bank returned is another transaction.
create table private.ledger_accounts (
  id text primary key,
  description text not null
);

insert into private.ledger_accounts (id, description) values
  ('stripe_balance', 'What Stripe holds for us'),
  ('paypal_balance', 'What PayPal holds for us'),
  ('sales', 'What was sold, less what was refunded'),
  ('provider_fees', 'What the providers kept');

create table private.ledger_transactions (
  -- provider:kind:object id:status of the fact it books
  key text primary key,
  payment_id uuid not null,
  currency text not null,
  kind text not null check (kind in ('capture', 'refund', 'refund_reversal', 'fee')),
  booked_at timestamptz not null default now(),
  constraint ledger_transactions_key_currency_key unique (key, currency),
  foreign key (payment_id, currency) references public.payments (id, currency)
);

create index ledger_transactions_payment_idx on private.ledger_transactions (payment_id);

create table private.ledger_entries (
  transaction_key text not null,
  account text not null references private.ledger_accounts (id),
  currency text not null,
  -- Debit positive, credit negative, in ISO 4217 minor units.
  amount_minor bigint not null check (amount_minor <> 0),
  primary key (transaction_key, account),
  foreign key (transaction_key, currency) references private.ledger_transactions (key, currency)
);

create index ledger_entries_account_idx on private.ledger_entries (account, currency);

comment on table private.ledger_transactions is 'One balanced transaction for each booked fact.';

comment on table private.ledger_entries is 'Debits (positive) and credits (negative) in ISO 4217 minor units; each transaction sums to zero.';

-- To book, and to see by its key what is booked already; nothing that a function does reads the books.
grant insert, select (key) on private.ledger_transactions to tandem_payment, tandem_reconcile;

grant insert on private.ledger_entries to tandem_payment, tandem_reconcile;

create function private.check_ledger_balance() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  checked_key text;
  balance numeric;
  entries bigint;
begin
  if tg_table_name = 'ledger_entries' then
    checked_key := new.transaction_key;
  else
    checked_key := new.key;
  end if;
  select coalesce(sum(e.amount_minor), 0), count(*) into balance, entries
  from private.ledger_entries e where e.transaction_key = checked_key;
  if balance <> 0 or entries < 2 then
    raise exception 'ledger transaction is not balanced'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transactions_balance', table = tg_table_name;
  end if;
  return null;
end
$$;

revoke all on function private.check_ledger_balance() from public;

create constraint trigger ledger_transactions_balance after insert on private.ledger_transactions
  deferrable initially deferred for each row execute function private.check_ledger_balance();

create constraint trigger ledger_entries_balance after insert on private.ledger_entries
  deferrable initially deferred for each row execute function private.check_ledger_balance();

create trigger ledger_transactions_append_only before update or delete on private.ledger_transactions
  for each row execute function private.refuse_change();

create trigger ledger_entries_append_only before update or delete on private.ledger_entries
  for each row execute function private.refuse_change();

create trigger ledger_accounts_append_only before update or delete on private.ledger_accounts
  for each row execute function private.refuse_change();

create trigger ledger_transactions_no_truncate before truncate on private.ledger_transactions
  for each statement execute function private.refuse_change();

create trigger ledger_entries_no_truncate before truncate on private.ledger_entries
  for each statement execute function private.refuse_change();
