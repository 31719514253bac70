-- The providers' statements, in our words: every movement of money that they list, under the key of the booking it should have
-- made (services/payment/domain/movement.ts). Kept, because a booking may be made days after the movement: it is matched by its
-- key, not by its day.
create table private.provider_movements (
  -- What should be in the ledger: provider:kind:id:status, as ledger_transactions.key.
  key text primary key,
  -- The other key it may be booked under, where the statement cannot tell.
  or_key text,
  provider text not null check (provider in ('stripe', 'paypal')),
  books text not null check (books in (
    'capture', 'refund', 'refund_reversal', 'fee', 'fee_return', 'withdrawal', 'reinstatement', 'payout', 'payout_return')),
  object_id text not null check (length(object_id) between 1 and 255),
  -- The provider's id of the line.
  line_id text not null check (length(line_id) between 1 and 255),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  settled_currency text not null check (settled_currency ~ '^[A-Z]{3}$'),
  is_pending boolean not null,
  provider_ref text,
  -- Our payment's id as the provider carries it: not checked, it may be anybody's.
  claimed_payment_id uuid,
  parent_id text,
  moved_at timestamptz not null,
  -- The day of the statement.
  day date not null generated always as ((moved_at at time zone 'UTC')::date) stored,
  first_listed_at timestamptz not null default now(),
  last_listed_at timestamptz not null default now()
);

comment on table private.provider_movements is 'What the providers'' statements list, by the key of the booking it should have made; amounts in ISO 4217 minor units.';

create index provider_movements_day_idx on private.provider_movements (provider, day, key);

create index provider_movements_or_key_idx on private.provider_movements (or_key) where or_key is not null;

-- The day's run and an operator's repair write what they were told.
grant select, insert on private.provider_movements to tandem_payment, tandem_reconcile;

grant update (or_key, amount_minor, currency, settled_currency, is_pending, provider_ref, claimed_payment_id, parent_id, moved_at,
  last_listed_at) on private.provider_movements to tandem_payment, tandem_reconcile;

create trigger provider_movements_no_delete before delete on private.provider_movements
  for each row execute function private.refuse_change();

create trigger provider_movements_no_truncate before truncate on private.provider_movements
  for each statement execute function private.refuse_change();

-- Comparing the books means reading them.
grant select on private.ledger_transactions, private.ledger_entries to tandem_payment, tandem_reconcile;

create index ledger_transactions_booked_idx on private.ledger_transactions (booked_at);
