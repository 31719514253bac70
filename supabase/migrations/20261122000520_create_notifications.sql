-- What users are told of: in the product, live, and some of it by mail. Whoever has something to tell calls private.notify in
-- the transaction in which it happened; that, the notification and the mail that is due are there together or not at all.

-- The role of services/notification.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tandem_notification') then
    create role tandem_notification login noinherit;
  end if;
  alter role tandem_notification set statement_timeout = '5s';
  alter role tandem_notification set lock_timeout = '2s';
  alter role tandem_notification set idle_in_transaction_session_timeout = '10s';
end
$$;

grant usage on schema private to tandem_notification;

-- What there is to tell, and what holds for who has chosen nothing. The same in services/notification/domain/notification-kinds.ts;
-- a test compares the two.
create table public.notification_kinds (
  kind text primary key check (kind ~ '^[a-z]+(_[a-z]+)*$'),
  in_app boolean not null,
  -- Whether there is a mail for it at all.
  can_mail boolean not null,
  email boolean not null check (can_mail or not email),
  -- The column of user_preferences that takes the place of `email`.
  follows text check (follows in ('email_receipts', 'email_subscription_reminders')),
  -- What `data` must have at least.
  fields text[] not null
);

comment on table public.notification_kinds is 'What users are told of, with the choices that hold by default.';

insert into public.notification_kinds (kind, in_app, can_mail, email, follows, fields) values
  ('payment_succeeded', true, true, true, 'email_receipts', array['payment_id', 'amount_minor', 'currency']),
  ('payment_failed', true, true, true, null, array['payment_id', 'amount_minor', 'currency']),
  ('payment_refunded', true, true, true, 'email_receipts', array['payment_id', 'amount_minor', 'currency']),
  ('payment_disputed', true, true, true, null, array['payment_id', 'status']),
  ('dispute_closed', true, true, true, null, array['payment_id', 'status']),
  ('subscription_changed', true, true, true, 'email_subscription_reminders', array['plan', 'status']),
  ('file_accepted', true, false, false, null, array['file_id', 'name']),
  ('file_refused', true, true, false, null, array['file_id', 'name', 'reason']),
  ('message_received', true, false, false, null, array['conversation_id', 'message_id']),
  ('quota_reached', true, true, true, null, array['meter', 'quota']);

alter table public.notification_kinds enable row level security;

grant select on public.notification_kinds to authenticated;

create policy "Who has signed in sees the kinds" on public.notification_kinds
  for select to authenticated using ((select auth.uid()) is not null);

-- Where a user wants it otherwise. Users keep these rows themselves, through the Data API.
create table public.notification_preferences (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  kind text not null references public.notification_kinds (kind),
  in_app boolean not null,
  email boolean not null,
  updated_at timestamptz not null default now(),
  primary key (user_id, kind)
);

comment on table public.notification_preferences is 'A user''s choices about a kind of notification; no row: the defaults of notification_kinds.';

create trigger notification_preferences_set_updated_at before update on public.notification_preferences
  for each row execute function private.set_updated_at();

alter table public.notification_preferences enable row level security;

grant select, delete on public.notification_preferences to authenticated;

grant insert (user_id, kind, in_app, email) on public.notification_preferences to authenticated;

grant update (user_id, kind, in_app, email) on public.notification_preferences to authenticated;

create policy "Users see their own choices" on public.notification_preferences
  for select to authenticated using (user_id = (select auth.uid()));

create policy "Users choose for themselves" on public.notification_preferences
  for insert to authenticated with check (user_id = (select auth.uid()));

create policy "Users change their own choices" on public.notification_preferences
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy "Users take back their own choices" on public.notification_preferences
  for delete to authenticated using (user_id = (select auth.uid()));

-- What holds for users and kinds, chosen or by default: for a page of choices, where it tells its reader the own ones, and for
-- the functions below.
create function public.notification_choices(of_users uuid[] default array[auth.uid()])
  returns table (user_id uuid, kind text, can_mail boolean, in_app boolean, email boolean)
  language sql stable
begin atomic
  select q.user_id, k.kind, k.can_mail, coalesce(p.in_app, k.in_app),
    k.can_mail and coalesce(p.email, case k.follows
      when 'email_receipts' then q.email_receipts
      when 'email_subscription_reminders' then q.email_subscription_reminders
    end, k.email)
  from public.user_preferences q
  cross join public.notification_kinds k
  left join public.notification_preferences p on p.user_id = q.user_id and p.kind = k.kind
  where q.user_id = any (of_users);
end;

comment on function public.notification_choices(uuid[]) is 'Each kind of notification with what its user wants, chosen or by default.';

revoke execute on function public.notification_choices(uuid[]) from public;

grant execute on function public.notification_choices(uuid[]) to authenticated;

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  -- What it is about, under which it is told once: the provider's id of a capture, refund or dispute, the id of a file.
  key text not null,
  data jsonb not null,
  read_at timestamptz,
  created_at timestamptz not null default now()
);

comment on table public.notifications is 'What a user is told in the product. Nobody but private.notify writes it; its user marks it as read and deletes it.';

-- For the list, and for the number beside the bell: one user has few enough to be counted. Each index more is paid for by every
-- payment.
create index notifications_user_created_idx on public.notifications (user_id, created_at desc, id desc);

-- The clock of the database, and the first time it was read; null again: unread.
create function private.set_read_at() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.read_at is not null then
    new.read_at := coalesce(old.read_at, now());
  end if;
  return new;
end
$$;

revoke execute on function private.set_read_at() from public;

create trigger notifications_set_read_at before update of read_at on public.notifications
  for each row execute function private.set_read_at();

alter table public.notifications enable row level security;

grant select, delete on public.notifications to authenticated;

grant update (read_at) on public.notifications to authenticated;

create policy "Users see their own notifications" on public.notifications
  for select to authenticated using (user_id = (select auth.uid()));

create policy "Users mark their own notifications" on public.notifications
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy "Users delete their own notifications" on public.notifications
  for delete to authenticated using (user_id = (select auth.uid()));

-- Replica identity is the key: a deleted row tells subscribers its id and nothing else.
alter publication supabase_realtime add table public.notifications;

-- What a user was told of, whatever became of the notification: once it is deleted, or was not wanted, it must not come again.
-- Only its owner reads and writes it, in the functions below.
create table private.notices (
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  key text not null check (length(key) between 1 and 300),
  told_at timestamptz not null default now(),
  primary key (user_id, kind, key)
);

comment on table private.notices is 'What each user has been told of by private.notify, so that it is told once.';

alter table private.notices enable row level security;

-- Mails that are due. No address: whom it reaches is looked up when it is sent.
create table private.outbox (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  data jsonb not null,
  -- due -> sending -> sent | failed | unknown | due again; dropped: there was nobody to send it to, or no wish any more.
  state text not null default 'due' check (state in ('due', 'sending', 'sent', 'failed', 'unknown', 'dropped')),
  -- How often it was handed to the mail service.
  attempts smallint not null default 0 check (attempts >= 0),
  due_at timestamptz not null default now(),
  -- Who works on it, and until when others keep off.
  claim uuid,
  claimed_until timestamptz,
  -- What the mail service said, in its words.
  error_code text check (length(error_code) <= 100),
  -- Its id at the mail service.
  message_id text check (length(message_id) <= 255),
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  constraint outbox_settled check ((state in ('due', 'sending')) = (settled_at is null))
);

comment on table private.outbox is 'Mails that private.notify has promised. One whose outcome is unknown is never sent again.';

create index outbox_user_idx on private.outbox (user_id);

create index outbox_due_idx on private.outbox (due_at) where state = 'due';

create index outbox_sending_idx on private.outbox (claimed_until) where state = 'sending';

create index outbox_settled_idx on private.outbox (settled_at) where settled_at is not null;

alter table private.outbox enable row level security;

-- Tells users of things, as sets: place by place a user, a kind, a key, data, and whether a mail may go out for it. What was
-- told before, under the same key, and who has no account (any more), is left out. Plans are kept as in check_statements.
create function private.notify_each(user_ids uuid[], kinds text[], keys text[], details jsonb[], mailed boolean[])
  returns void
  language plpgsql volatile security definer
  set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
  if exists (
    select from unnest(kinds, details) as t(kind, data)
    left join public.notification_kinds k on k.kind = t.kind
    where k.kind is null or (t.data ?& k.fields) is not true
  ) then
    raise exception 'a notification of no kind, or without the data of its kind'
      using errcode = 'check_violation', constraint = 'notifications_have_data', table = 'notifications';
  end if;
  with said as (
    select distinct on (t.user_id, t.kind, t.key) t.user_id, t.kind, t.key, t.data, t.mailed
    from unnest(user_ids, kinds, keys, details, mailed) as t(user_id, kind, key, data, mailed)
    order by t.user_id, t.kind, t.key
  ), present as (
    -- Waits for a deletion that has begun, and then finds nobody.
    select u.id from auth.users u
    where u.id = any (user_ids) and u.deleted_at is null
    order by u.id for key share of u
  ), told as (
    insert into private.notices as n (user_id, kind, key)
    select s.user_id, s.kind, s.key
    from said s join present p on p.id = s.user_id
    order by s.user_id, s.kind, s.key
    on conflict do nothing
    returning n.user_id, n.kind, n.key
  ), wanted as (
    select s.user_id, s.kind, s.key, s.data,
      coalesce(c.in_app, k.in_app) as in_app, s.mailed and coalesce(c.email, k.email) as email
    from told n
    join said s on s.user_id = n.user_id and s.kind = n.kind and s.key = n.key
    join public.notification_kinds k on k.kind = s.kind
    left join lateral public.notification_choices(array[s.user_id]) c on c.kind = s.kind
  ), shown as (
    insert into public.notifications (user_id, kind, key, data)
    select w.user_id, w.kind, w.key, w.data from wanted w where w.in_app
  )
  insert into private.outbox (user_id, kind, data)
  select w.user_id, w.kind, w.data from wanted w where w.email;
end
$$;

comment on function private.notify_each(uuid[], text[], text[], jsonb[], boolean[]) is
  'Tells users of things, each under its key once; honours their choices.';

-- The same for one thing. A migration whose function calls it grants its role the right to.
create function private.notify(user_id uuid, kind text, key text, data jsonb) returns void
  language sql volatile security definer set search_path = ''
as $$
  select private.notify_each(array[notify.user_id], array[notify.kind], array[notify.key], array[notify.data], array[true])
$$;

comment on function private.notify(uuid, text, text, jsonb) is
  'Tells a user of something, once for each kind and key, in the transaction of who calls; honours the user''s choices.';

revoke execute on function private.notify_each(uuid[], text[], text[], jsonb[], boolean[]),
  private.notify(uuid, text, text, jsonb) from public;
