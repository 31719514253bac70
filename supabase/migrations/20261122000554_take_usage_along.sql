-- Usage and the account: what goes with it, what stays without it, and what an export holds.

-- When a deleted account had signed up, and first paid: for the share of accounts that pay. Nothing tells whose it was.
create table private.past_accounts (
  id bigint generated always as identity primary key,
  signed_up_at timestamptz not null,
  -- Null: never.
  first_paid_at timestamptz
);

comment on table private.past_accounts is 'Accounts that were deleted: when they were made, and when they first paid.';

create index past_accounts_signed_up_day_idx on private.past_accounts (((signed_up_at at time zone 'utc')::date));

alter table private.past_accounts enable row level security;

-- Who was there on a day: a session of theirs was opened or used.
create table private.active_days (
  -- In UTC.
  day date not null,
  -- No foreign key: that of a deleted account becomes a random one.
  user_id uuid not null,
  primary key (day, user_id)
);

comment on table private.active_days is 'Who used a session on a day, for counting; noted by the first use.';

create index active_days_user_idx on private.active_days (user_id);

alter table private.active_days enable row level security;

create function private.note_active_day() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.active_days (day, user_id)
  values ((new.last_used_at at time zone 'utc')::date, new.user_id)
  on conflict do nothing;
  return null;
end
$$;

revoke execute on function private.note_active_day() from public;

create trigger sessions_note_active_day after insert on private.sessions
  for each row execute function private.note_active_day();

-- Every further use costs a comparison.
create trigger sessions_note_another_active_day after update of last_used_at on private.sessions
  for each row when ((old.last_used_at at time zone 'utc')::date is distinct from (new.last_used_at at time zone 'utc')::date)
  execute function private.note_active_day();

-- Keeps what is counted when an account goes, and nothing that tells whose it was: a random id for its days, so that a day's sum
-- and the number of people in it stay what they were. Before the deletion, while the payments still name the account. Events
-- with their keys, sums of periods and subscriptions go with it; payments and ledger stay, without a user.
create function private.keep_figures_of_account() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  nobody constant uuid := gen_random_uuid();
begin
  insert into private.past_accounts (signed_up_at, first_paid_at)
  values (
    coalesce((select p.created_at from public.user_profiles p where p.id = old.id), old.created_at, now()),
    (select min(p.created_at) from public.payments p where p.user_id = old.id and p.captured_minor > 0));
  update public.usage_days set user_id = nobody where user_id = old.id;
  update private.active_days set user_id = nobody where user_id = old.id;
  return old;
end
$$;

revoke execute on function private.keep_figures_of_account() from public;

create trigger tandem_keep_figures_of_account before delete on auth.users
  for each row execute function private.keep_figures_of_account();

create function private.export_part_subscriptions(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(json_build_object('id', s.id, 'plan', s.plan, 'status', s.status, 'provider', s.provider,
    'provider_subscription_id', s.provider_subscription_id, 'current_period_start', s.current_period_start,
    'current_period_end', s.current_period_end, 'cancel_at_period_end', s.cancel_at_period_end,
    'created_at', s.created_at, 'updated_at', s.updated_at) order by s.created_at desc, s.id), '[]')
  from public.subscriptions s where s.user_id = of_user
$$;

revoke execute on function private.export_part_subscriptions(uuid) from public;

-- Every day, and the newest 5,000 events: an answer of a function has an end.
create function private.export_part_usage(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select json_build_object(
    'days', coalesce((
      select json_agg(json_build_object('meter', d.meter, 'day', d.day, 'quantity', d.quantity, 'events', d.events)
        order by d.day desc, d.meter)
      from public.usage_days d where d.user_id = of_user), '[]'),
    'events', coalesce((
      select json_agg(json_build_object('meter', e.meter, 'quantity', e.quantity, 'key', e.key, 'used_at', e.used_at,
        'recorded_at', e.recorded_at) order by e.used_at desc, e.key)
      from (
        select * from private.usage_events own where own.user_id = of_user order by own.used_at desc limit 5000
      ) e), '[]'))
$$;

revoke execute on function private.export_part_usage(uuid) from public;
