-- Our sessions. Each stands on one session of Supabase Auth, and both credentials (our opaque token, a Supabase access
-- token) name it. Only the token's SHA-256 is kept, so the table opens no door.
create table private.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  -- auth.sessions.id, the `session_id` claim. No foreign key: Supabase Auth deletes its row, ours says when and why.
  supabase_session_id uuid not null,
  -- How it was opened. A recovery session may set a password without knowing the old one.
  opened_by text not null check (opened_by in ('password', 'email', 'recovery')),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  -- Moves forward with use, never past the absolute end.
  idle_expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  ended_at timestamptz,
  ended_because text check (ended_because in ('signed_out', 'ended_by_user', 'password_changed')),
  user_agent text check (length(user_agent) <= 512),
  address inet,
  constraint sessions_token_hash_key unique (token_hash),
  constraint sessions_supabase_session_key unique (supabase_session_id),
  constraint sessions_idle_within_absolute check (idle_expires_at <= absolute_expires_at),
  constraint sessions_end_has_a_cause check ((ended_at is null) = (ended_because is null))
);

comment on table private.sessions is 'Opaque sessions: token hash, the Supabase session behind it, idle and absolute end.';

create index sessions_live_of_user_idx on private.sessions (user_id, last_used_at desc) where ended_at is null;

alter table private.sessions enable row level security;

grant select, insert on private.sessions to tandem_auth;

grant update (token_hash, opened_by, last_used_at, idle_expires_at, absolute_expires_at, ended_at, ended_because, user_agent, address)
  on private.sessions to tandem_auth;

-- What it takes to identify a caller and to note that the session was used.
grant select (id, user_id, token_hash, supabase_session_id, last_used_at, idle_expires_at, absolute_expires_at, ended_at)
  on private.sessions to tandem_payment;

grant update (last_used_at, idle_expires_at) on private.sessions to tandem_payment;

create policy "Functions that identify callers read sessions" on private.sessions
  for select to tandem_auth, tandem_payment using (true);

create policy "The auth service opens sessions" on private.sessions
  for insert to tandem_auth with check (ended_at is null);

create policy "The auth service uses and ends sessions" on private.sessions
  for update to tandem_auth using (true) with check (true);

create policy "The payment service uses live sessions" on private.sessions
  for update to tandem_payment using (ended_at is null) with check (ended_at is null);

-- Whether Supabase Auth still has the session and the account may act. Sign-out through supabase-js, a deleted or a banned
-- account are then as immediate as our own sign-out. SECURITY DEFINER: it answers yes or no about one session, so that no
-- function needs to read auth.
create function private.supabase_session_lives(of_session uuid, of_user uuid) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from auth.sessions s join auth.users u on u.id = s.user_id
    where s.id = of_session and s.user_id = of_user
      and (s.not_after is null or s.not_after > now())
      and (u.banned_until is null or u.banned_until <= now())
      and u.deleted_at is null
  )
$$;

revoke execute on function private.supabase_session_lives(uuid, uuid) from public;

grant execute on function private.supabase_session_lives(uuid, uuid) to tandem_auth, tandem_payment;

-- Ends sessions at Supabase Auth, with their refresh tokens (on delete cascade), in the same transaction as ours: no call
-- that could fail in between, and no need of the user's access token, which an opaque session does not hold. SECURITY
-- DEFINER: it deletes sessions of the one user named and nothing else.
create function private.end_supabase_sessions(of_user uuid, these uuid[]) returns bigint
  language sql volatile security definer set search_path = ''
as $$
  with gone as (
    delete from auth.sessions where user_id = of_user and id = any (these) returning id
  )
  select count(*) from gone
$$;

revoke execute on function private.end_supabase_sessions(uuid, uuid[]) from public;

grant execute on function private.end_supabase_sessions(uuid, uuid[]) to tandem_auth;

-- The same for all but one: after a password change.
create function private.end_other_supabase_sessions(of_user uuid, but uuid) returns bigint
  language sql volatile security definer set search_path = ''
as $$
  with gone as (
    delete from auth.sessions where user_id = of_user and id is distinct from but returning id
  )
  select count(*) from gone
$$;

revoke execute on function private.end_other_supabase_sessions(uuid, uuid) from public;

grant execute on function private.end_other_supabase_sessions(uuid, uuid) to tandem_auth;
