-- What a user is called and looks like. The row is made with the account (see create_profiles_with_accounts) and refreshed
-- at sign-in. `metadata` is the user's own and decides nothing: roles live in private.roles.
create table public.user_profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  -- A copy of auth.users.email, so that nobody needs to read auth; null for accounts without one.
  email text check (length(email) <= 320),
  name text not null default '' check (length(name) <= 120),
  avatar_url text check (avatar_url ~ '^https://' and length(avatar_url) <= 2048),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and length(metadata::text) <= 65536),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.user_profiles is 'One row for each account: name, picture and free metadata, all chosen by the user.';

create function private.set_updated_at() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

revoke execute on function private.set_updated_at() from public;

create trigger user_profiles_set_updated_at before update on public.user_profiles
  for each row execute function private.set_updated_at();

alter table public.user_profiles enable row level security;

grant select on public.user_profiles to authenticated;

-- The address belongs to Supabase Auth; through the Data API a user changes only these.
grant update (name, avatar_url, metadata) on public.user_profiles to authenticated;

grant select on public.user_profiles to tandem_auth;

grant insert (id, email, name, metadata) on public.user_profiles to tandem_auth;

grant update (email, name, avatar_url, metadata) on public.user_profiles to tandem_auth;

create policy "Users see their own profile" on public.user_profiles
  for select to authenticated using (id = (select auth.uid()));

create policy "Users change their own profile" on public.user_profiles
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

create policy "The auth service reads profiles" on public.user_profiles
  for select to tandem_auth using (true);

create policy "The auth service makes missing profiles" on public.user_profiles
  for insert to tandem_auth with check (true);

create policy "The auth service changes profiles" on public.user_profiles
  for update to tandem_auth using (true) with check (true);
