-- What users have used: each event once, by its key; sums by period, against which quotas are checked; sums by day. All three
-- are written by private.record_usage alone, in one transaction, so the sums are those of the events.
create table private.usage_events (
  user_id uuid not null references auth.users (id) on delete cascade,
  -- The reporter's own: `user:…` for what users report, anything else for our services.
  key text not null check (length(key) between 1 and 300),
  meter text not null references public.meters (id),
  -- In the meter's unit.
  quantity bigint not null check (quantity between 1 and 1000000000000),
  -- When it was used, which decides the day and the period it counts in.
  used_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (user_id, key)
);

comment on table private.usage_events is 'Each usage that was admitted, once for each user and key.';

-- For exports, and for adding up a day again.
create index usage_events_user_used_idx on private.usage_events (user_id, used_at);

alter table private.usage_events enable row level security;

create table public.usage (
  user_id uuid not null references auth.users (id) on delete cascade,
  meter text not null references public.meters (id),
  period text not null check (period in ('day', 'month', 'billing_period')),
  -- Days in UTC; the second is the first that is no part of it.
  period_start date not null,
  period_end date not null,
  -- The largest whole number that JSON clients can hold.
  used bigint not null check (used between 0 and 9007199254740991),
  updated_at timestamptz not null default now(),
  primary key (user_id, meter, period, period_start),
  constraint usage_period_has_a_day check (period_start < period_end)
)
-- Sums change in place: room for the new version beside the old one, and no index but the key's.
with (fillfactor = 50);

comment on table public.usage is 'How much of a meter a user has used in a period; the row that quotas are checked against.';

alter table public.usage enable row level security;

grant select on public.usage to authenticated;

create policy "Users see their own usage" on public.usage
  for select to authenticated using (user_id = (select auth.uid()));

-- No foreign key to accounts: what is left of a deleted one belongs to a random id, so that a day's sum stays what it was.
create table public.usage_days (
  user_id uuid not null,
  meter text not null references public.meters (id),
  -- In UTC.
  day date not null,
  quantity bigint not null check (quantity > 0),
  events bigint not null check (events > 0),
  primary key (user_id, meter, day)
)
with (fillfactor = 80);

comment on table public.usage_days is 'How much of a meter a user has used on a day, and by how many events.';

-- Without the sums: an index that holds them would be written with every event.
create index usage_days_day_idx on public.usage_days (day, meter);

alter table public.usage_days enable row level security;

grant select on public.usage_days to authenticated;

grant select on public.usage_days to tandem_payment;

create policy "Users see their own days" on public.usage_days
  for select to authenticated using (user_id = (select auth.uid()));

create policy "The payment service shows days" on public.usage_days
  for select to tandem_payment using (true);
