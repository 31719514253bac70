-- One row for each thing a user set out to pay. `status` and the totals are a pure function of the payment's facts
-- (services/payment/domain); nothing but reconcile writes them, and the trigger at the end of the facts migration
-- recomputes them.
create table public.payments (
  id uuid primary key,
  -- The ledger outlives the account: deleting a user keeps the payment.
  user_id uuid references auth.users (id) on delete set null,
  provider text not null check (provider in ('stripe', 'paypal')),
  -- pi_… or a PayPal order id; null until the provider has answered.
  provider_ref text check (length(provider_ref) between 1 and 255),
  price_id text not null references public.prices (id),
  description text not null default '' check (length(description) <= 500),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor > 0),
  status text not null default 'created' check (status in (
    'created', 'requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'requires_capture',
    'succeeded', 'partially_refunded', 'refunded', 'failed', 'canceled', 'expired')),
  captured_minor bigint not null default 0 check (captured_minor >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  fee_minor bigint not null default 0 check (fee_minor >= 0),
  -- The newest open status seen, a maximum of (at, rank, event): shown, but no money follows from it.
  observed_status text,
  observed_at timestamptz,
  observed_rank smallint,
  observed_event text,
  -- The provider's code for the last failed attempt, such as card_declined.
  last_error_code text,
  -- Why a person must look at it; null when nobody needs to.
  review_reason text,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payments_provider_ref_key unique (provider, provider_ref),
  constraint payments_id_currency_key unique (id, currency),
  constraint payments_captured_within_amount check (captured_minor <= amount_minor),
  constraint payments_refunded_within_captured check (refunded_minor <= captured_minor)
);

comment on table public.payments is 'What users set out to pay; amounts in ISO 4217 minor units; status and totals derived from private.payment_facts.';

create index payments_user_created_idx on public.payments (user_id, created_at desc, id desc);

create index payments_open_idx on public.payments (created_at)
  where status in ('created', 'requires_payment_method', 'requires_confirmation', 'requires_action', 'processing',
                   'requires_capture');

-- Captured at Stripe, and the fee not known yet.
create index payments_feeless_idx on public.payments (created_at)
  where provider = 'stripe' and captured_minor > 0 and fee_minor = 0;

alter table public.payments enable row level security;

grant select on public.payments to authenticated;

grant select, insert on public.payments to tandem_payment;

grant select on public.payments to tandem_reconcile;

-- Identity, amount and owner never change; these do.
grant update (provider_ref, status, captured_minor, refunded_minor, fee_minor, observed_status, observed_at, observed_rank,
  observed_event, last_error_code, review_reason, version, updated_at)
  on public.payments to tandem_payment, tandem_reconcile;

create policy "Users see their own payments" on public.payments
  for select to authenticated using (user_id = (select auth.uid()));

create policy "The payment service reads payments" on public.payments
  for select to tandem_payment, tandem_reconcile using (true);

create policy "The payment service opens payments" on public.payments
  for insert to tandem_payment with check (status = 'created' and captured_minor = 0 and refunded_minor = 0);

create policy "Reconcile updates payments" on public.payments
  for update to tandem_payment, tandem_reconcile using (true) with check (true);
