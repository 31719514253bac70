-- Everything the providers reported, by webhook or in answer to us, as received (less personal data and secrets). All
-- derived payment tables can be made again from here.
create table private.inbox (
  provider text not null check (provider in ('stripe', 'paypal')),
  -- The provider's event id; obs_… for what we asked for ourselves.
  event_id text not null check (length(event_id) between 1 and 255),
  source text not null check (source in ('webhook', 'create', 'confirm', 'refund', 'sweep')),
  event_type text not null,
  -- The payment intent or order it is about; null when it is about none.
  provider_ref text,
  payment_id uuid references public.payments (id),
  mode text not null check (mode in ('live', 'test')),
  account text,
  transmission_id text,
  -- SHA-256 of the bytes as received, hex; null for our own observations.
  sha256 text,
  -- The event's JSON text; null for our own observations.
  body text,
  -- The provider object(s) the facts were read from, when it was not the body.
  observation text,
  received_at timestamptz not null,
  -- applied: its facts are in the set. ignored: says nothing we keep. held: about a payment we do not have (yet).
  -- review: contradicts what we know; no effect until a person has looked.
  outcome text not null check (outcome in ('applied', 'ignored', 'held', 'review')),
  reason text,
  attempts integer not null default 1,
  processed_at timestamptz not null default now(),
  primary key (provider, event_id)
);

comment on table private.inbox is 'Every report of a provider, with its outcome; the source all payment state can be rebuilt from.';

create index inbox_waiting_idx on private.inbox (outcome, provider, provider_ref) where outcome in ('held', 'review');

create index inbox_payment_idx on private.inbox (payment_id) where payment_id is not null;

grant insert on private.inbox to tandem_payment, tandem_reconcile;

-- What it takes to tell whether a report has been seen and waits; only the sweep reads events again.
grant select (provider, event_id, payment_id, outcome, reason, observation, attempts) on private.inbox to tandem_payment;

grant select on private.inbox to tandem_reconcile;

grant update (payment_id, outcome, reason, attempts, observation, processed_at) on private.inbox
  to tandem_payment, tandem_reconcile;

create trigger inbox_no_delete before delete on private.inbox
  for each row execute function private.refuse_change();

create trigger inbox_no_truncate before truncate on private.inbox
  for each statement execute function private.refuse_change();
