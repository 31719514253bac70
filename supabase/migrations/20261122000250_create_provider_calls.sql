-- Every call that changes something at a provider, written before it is made. `key` goes to the provider as its idempotency
-- key, so that a repeat after a crash is the same call.
create table private.provider_calls (
  key text primary key check (length(key) between 1 and 100),
  payment_id uuid not null references public.payments (id),
  provider text not null check (provider in ('stripe', 'paypal')),
  operation text not null check (operation in ('create', 'capture', 'refund', 'cancel')),
  -- What a repeat must send again, in our words: amounts in ISO 4217 minor units as text.
  request json not null,
  -- intended: not known to have been made. unknown: made, outcome not known. succeeded and failed are final.
  state text not null default 'intended' check (state in ('intended', 'unknown', 'succeeded', 'failed')),
  -- The provider's id of what came of it; the provider's code where it failed.
  result_ref text,
  error_code text,
  amount_minor bigint check (amount_minor > 0),
  attempts integer not null default 0,
  attempted_at timestamptz,
  created_at timestamptz not null default now()
);

comment on table private.provider_calls is 'Mutating provider calls, recorded before they are made; amounts in ISO 4217 minor units.';

create index provider_calls_payment_idx on private.provider_calls (payment_id);

create index provider_calls_unsettled_idx on private.provider_calls (created_at) where state in ('intended', 'unknown');

grant select, insert on private.provider_calls to tandem_payment, tandem_reconcile;

grant update (state, result_ref, error_code, attempts, attempted_at) on private.provider_calls
  to tandem_payment, tandem_reconcile;

-- Which open payments the sweep looked at, how often, and when it may look again (exponential back-off).
create table private.payment_sweeps (
  payment_id uuid primary key references public.payments (id),
  attempts integer not null default 0,
  next_at timestamptz not null
);

comment on table private.payment_sweeps is 'When the sweep may ask the provider about an open payment again.';

grant select, insert, update on private.payment_sweeps to tandem_reconcile;

-- Our own Idempotency-Key: one row for each user, route and key, with the answer to repeat.
create table private.idempotency_keys (
  user_id uuid not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  -- SHA-256 of the canonical request, hex: the same key with another request is refused.
  request_hash text not null,
  -- What the first request made; a retry after a crash goes on with it.
  resource_id uuid not null,
  state text not null default 'in_flight' check (state in ('in_flight', 'done')),
  response text,
  claimed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (user_id, route, key),
  constraint idempotency_keys_answer check ((state = 'done') = (response is not null))
);

comment on table private.idempotency_keys is 'Answers to repeat for the same Idempotency-Key, scoped to user and route.';

create index idempotency_keys_created_idx on private.idempotency_keys (created_at);

grant select, insert on private.idempotency_keys to tandem_payment;

grant update (state, response, claimed_at) on private.idempotency_keys to tandem_payment;

-- The sweep forgets them.
grant select (route, created_at), delete on private.idempotency_keys to tandem_reconcile;
