-- A user's choices, each with a type of its own. Mails about the account's safety are sent whatever is chosen here.
create table public.user_preferences (
  user_id uuid primary key references auth.users (id) on delete cascade,
  -- BCP 47: language, perhaps script, perhaps region
  locale text not null default 'en' check (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  -- A name of the IANA time zone database; null: the browser's
  timezone text check (timezone ~ '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$' and length(timezone) <= 64),
  email_receipts boolean not null default true,
  email_subscription_reminders boolean not null default true,
  email_product_news boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.user_preferences is 'One row for each account: locale, theme, time zone and which mails to send.';

create trigger user_preferences_set_updated_at before update on public.user_preferences
  for each row execute function private.set_updated_at();

alter table public.user_preferences enable row level security;

grant select on public.user_preferences to authenticated;

grant update (locale, theme, timezone, email_receipts, email_subscription_reminders, email_product_news)
  on public.user_preferences to authenticated;

grant select on public.user_preferences to tandem_auth;

grant insert (user_id) on public.user_preferences to tandem_auth;

grant update (locale, theme, timezone, email_receipts, email_subscription_reminders, email_product_news)
  on public.user_preferences to tandem_auth;

create policy "Users see their own preferences" on public.user_preferences
  for select to authenticated using (user_id = (select auth.uid()));

create policy "Users change their own preferences" on public.user_preferences
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy "The auth service reads preferences" on public.user_preferences
  for select to tandem_auth using (true);

create policy "The auth service makes missing preferences" on public.user_preferences
  for insert to tandem_auth with check (true);

create policy "The auth service changes preferences" on public.user_preferences
  for update to tandem_auth using (true) with check (true);
