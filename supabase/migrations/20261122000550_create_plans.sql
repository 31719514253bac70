-- What is measured, what a plan includes of it, and which plan a user has. Nobody but the owner writes these: a plan is given by
-- `npm run admin -- plan`. Who has no subscription that runs is on the plan `free`.
create table public.meters (
  id text primary key check (id ~ '^[a-z][a-z0-9_]{0,63}$'),
  -- What one of it is, in the singular: call, byte, minute.
  unit text not null check (length(unit) between 1 and 40),
  -- How quantities of a period become one number.
  aggregation text not null default 'sum' check (aggregation = 'sum'),
  -- Whether a signed-in user may report own usage over HTTP. What costs money is reported by our own services alone.
  reported_by_users boolean not null default false,
  description text check (length(description) <= 500),
  -- Whether it is shown to everybody. Meters and plans are retired, never deleted.
  active boolean not null default true,
  created_at timestamptz not null default now()
);

comment on table public.meters is 'What is measured. Quantities are whole numbers of `unit` and are summed.';

alter table public.meters enable row level security;

grant select on public.meters to anon, authenticated;

grant select (id, reported_by_users) on public.meters to tandem_payment;

create policy "Anyone may see active meters" on public.meters
  for select to anon, authenticated using (active);

create policy "The payment service reads meters" on public.meters
  for select to tandem_payment using (true);

create table public.plans (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  name text not null check (length(name) between 1 and 120),
  -- Whether it is shown to everybody. Who has a retired plan keeps it.
  active boolean not null default true,
  created_at timestamptz not null default now()
);

comment on table public.plans is 'What users can be subscribed to; `free` is everybody''s.';

insert into public.plans (id, name) values ('free', 'Free');

alter table public.plans enable row level security;

grant select on public.plans to anon, authenticated;

create policy "Anyone may see active plans" on public.plans
  for select to anon, authenticated using (active);

create table public.plan_quotas (
  plan text not null references public.plans (id),
  meter text not null references public.meters (id),
  -- Whole days in UTC. billing_period: that of the subscription, from the day on which it began; a month without one.
  period text not null check (period in ('day', 'month', 'billing_period')),
  -- From here on usage is flagged, and its user told.
  soft_limit bigint check (soft_limit between 1 and 9007199254740991),
  -- Beyond this nothing is recorded. Null: no end.
  hard_limit bigint check (hard_limit between 0 and 9007199254740991),
  primary key (plan, meter),
  constraint plan_quotas_soft_before_hard check (soft_limit <= hard_limit)
);

comment on table public.plan_quotas is 'What a plan includes of a meter. A meter without a row here is no part of the plan.';

create index plan_quotas_meter_idx on public.plan_quotas (meter);

alter table public.plan_quotas enable row level security;

grant select on public.plan_quotas to anon, authenticated;

create policy "Anyone may see what active plans include" on public.plan_quotas
  for select to anon, authenticated using (plan in (select p.id from public.plans p where p.active));

create table public.subscriptions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  plan text not null references public.plans (id),
  -- In Stripe's words.
  status text not null check (status in ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused',
                                         'canceled')),
  -- manual: given by an operator, never billed.
  provider text not null check (provider in ('stripe', 'paypal', 'manual')),
  provider_subscription_id text check (length(provider_subscription_id) between 1 and 255),
  -- As last known; periods after it are reckoned from it (private.usage_period), so nothing need move it on.
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  cancel_at_period_end boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint subscriptions_provider_key unique (provider, provider_subscription_id),
  constraint subscriptions_of_a_provider check ((provider = 'manual') = (provider_subscription_id is null)),
  constraint subscriptions_period_has_a_day check (
    (current_period_start at time zone 'utc')::date < (current_period_end at time zone 'utc')::date)
);

comment on table public.subscriptions is 'Which plan a user has, since when, and until when it is paid.';

create index subscriptions_user_idx on public.subscriptions (user_id, created_at desc);

create index subscriptions_plan_idx on public.subscriptions (plan);

-- So that there is one answer to which plan somebody has.
create unique index subscriptions_one_running_idx on public.subscriptions (user_id)
  where status in ('trialing', 'active', 'past_due', 'unpaid', 'paused');

create trigger subscriptions_set_updated_at before update on public.subscriptions
  for each row execute function private.set_updated_at();

alter table public.subscriptions enable row level security;

grant select on public.subscriptions to authenticated;

create policy "Users see their own subscriptions" on public.subscriptions
  for select to authenticated using (user_id = (select auth.uid()));

-- Replica identity is the key: a deleted row tells subscribers its id and nothing else.
alter publication supabase_realtime add table public.subscriptions;

-- Told in the transaction of whoever changes it, so that no writer forgets. Once for each moment: a writer that comes again with
-- what is known changes nothing.
create function private.notify_of_subscription() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform private.notify(
    new.user_id, 'subscription_changed',
    new.id || ':' || to_char(new.updated_at at time zone 'utc', 'YYYYMMDD"T"HH24MISS.US'),
    jsonb_build_object('subscription_id', new.id, 'plan', new.plan, 'status', new.status,
      'cancel_at_period_end', new.cancel_at_period_end));
  return null;
end
$$;

revoke execute on function private.notify_of_subscription() from public;

create trigger subscriptions_tell_of_new after insert on public.subscriptions
  for each row execute function private.notify_of_subscription();

create trigger subscriptions_tell_of_change after update on public.subscriptions
  for each row when ((old.plan, old.status, old.cancel_at_period_end)
    is distinct from (new.plan, new.status, new.cancel_at_period_end))
  execute function private.notify_of_subscription();

-- An account whose subscription a provider would go on billing stays until that is canceled.
create or replace function private.account_blockers(of_user uuid) returns text[]
  language sql stable security definer set search_path = ''
as $$
  select case when exists (
    select from public.subscriptions s
    where s.user_id = of_user and s.provider <> 'manual' and s.status not in ('canceled', 'incomplete_expired')
      and not s.cancel_at_period_end
  ) then array['subscription_open'] else array[]::text[] end
$$;
