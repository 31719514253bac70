-- What the providers sent to our bank. A payout belongs to no payment; like facts, a row for each status it had reached, and
-- nothing is ever changed (services/payment/domain/payout.ts).
create table private.payouts (
  provider text not null check (provider in ('stripe', 'paypal')),
  -- The provider's id: po_…
  object_id text not null check (length(object_id) between 1 and 255),
  status text not null check (status in ('pending', 'in_transit', 'paid', 'canceled', 'failed')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  recorded_at timestamptz not null default now(),
  primary key (provider, object_id, status)
);

comment on table private.payouts is 'Immutable reports of payouts by provider, id and status; amounts in ISO 4217 minor units.';

grant select, insert on private.payouts to tandem_payment, tandem_reconcile;

create trigger payouts_append_only before update or delete on private.payouts
  for each row execute function private.refuse_change();

create trigger payouts_no_truncate before truncate on private.payouts
  for each statement execute function private.refuse_change();

-- The only bookings without a payment.
alter table private.ledger_transactions alter column payment_id drop not null;

alter table private.ledger_transactions drop constraint ledger_transactions_kind_check;

alter table private.ledger_transactions add constraint ledger_transactions_kind_check check (kind in (
  'capture', 'refund', 'refund_reversal', 'fee', 'fee_return', 'withdrawal', 'reinstatement', 'payout', 'payout_return'));

alter table private.ledger_transactions add constraint ledger_transactions_payment check (
  (payment_id is null) = (kind in ('payout', 'payout_return')));

comment on column private.ledger_transactions.key is 'What it books: provider:kind:id:status of a fact, provider:payout:id:made or :returned.';
