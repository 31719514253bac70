-- Where our books and a provider's differ. A row stays open until a comparison finds both alike; a difference that comes back is
-- another row.
create table private.drift (
  id uuid primary key default gen_random_uuid(),
  provider text not null check (provider in ('stripe', 'paypal')),
  -- The booking in question, as in provider_movements and ledger_transactions.
  key text not null,
  kind text not null,
  object_id text not null,
  payment_id uuid references public.payments (id),
  provider_ref text,
  -- missing_here: the provider moved money, we booked nothing. missing_there: the other way round.
  difference text not null check (difference in ('missing_here', 'missing_there', 'differs')),
  field text not null check (field in ('movement', 'amount', 'currency', 'fee', 'status')),
  -- Amounts as minor units and currency (1999 USD), statuses by their names; null where a side has nothing.
  ours text,
  theirs text,
  -- A guess from what we know (services/payment/domain/drift-cause.ts).
  cause text not null,
  day date not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  resolved_at timestamptz,
  constraint drift_has_a_side check (ours is not null or theirs is not null)
);

comment on table private.drift is 'Differences between our books and the providers'' statements, open until a comparison finds them gone.';

create unique index drift_open_key on private.drift (key, difference, field) where resolved_at is null;

create index drift_seen_idx on private.drift (first_seen desc, id desc);

create index drift_payment_idx on private.drift (payment_id) where payment_id is not null;

grant select, insert on private.drift to tandem_payment, tandem_reconcile;

grant update (payment_id, provider_ref, ours, theirs, cause, last_seen, resolved_at) on private.drift
  to tandem_payment, tandem_reconcile;

create trigger drift_no_delete before delete on private.drift
  for each row execute function private.refuse_change();

create trigger drift_no_truncate before truncate on private.drift
  for each statement execute function private.refuse_change();

-- What was moved on a day, by the provider's statement and by our books. A booking counts on the day of its movement; one that
-- the statement lacks, on the day it was booked.
create table private.daily_totals (
  provider text not null check (provider in ('stripe', 'paypal')),
  day date not null,
  currency text not null,
  kind text not null,
  ours_minor bigint not null check (ours_minor >= 0),
  theirs_minor bigint not null check (theirs_minor >= 0),
  ours_count integer not null check (ours_count >= 0),
  theirs_count integer not null check (theirs_count >= 0),
  compared_at timestamptz not null,
  primary key (provider, day, currency, kind)
);

comment on table private.daily_totals is 'Sums of a day by provider, currency and kind of movement, ours and theirs; ISO 4217 minor units.';

create index daily_totals_day_idx on private.daily_totals (day);

grant select, insert, update on private.daily_totals to tandem_reconcile;

grant select on private.daily_totals to tandem_payment;
