-- Generations of a session's opaque token. A refresh retires the token it was asked with; for a short overlap that one stays
-- good and leads to the same successor, so that parallel refreshes and lost answers cost nobody their session. Used after
-- that it has been copied, and the session ends.
create table private.session_tokens (
  -- SHA-256 of a token that was replaced.
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  session_id uuid not null references private.sessions (id) on delete cascade,
  -- With the retired token itself, which is not stored, this gives its successor (shared/identity/session-token.ts).
  nonce bytea not null check (octet_length(nonce) = 32),
  retired_at timestamptz not null
);

comment on table private.session_tokens is 'Hashes of opaque tokens that were replaced, to recognise their reuse.';

create index session_tokens_session_idx on private.session_tokens (session_id, retired_at);

alter table private.session_tokens enable row level security;

grant select, insert, delete on private.session_tokens to tandem_auth;

-- Enough to recognise a token; the nonce is nobody's business who does not rotate.
grant select (token_hash, session_id, retired_at) on private.session_tokens to tandem_payment;

create policy "Functions that identify callers recognise retired tokens" on private.session_tokens
  for select to tandem_auth, tandem_payment using (true);

create policy "The auth service retires tokens" on private.session_tokens
  for insert to tandem_auth with check (true);

create policy "The auth service forgets tokens of a renewed session" on private.session_tokens
  for delete to tandem_auth using (true);

alter table private.sessions
  drop constraint sessions_ended_because_check,
  add constraint sessions_ended_because_check
    check (ended_because in ('signed_out', 'ended_by_user', 'password_changed', 'token_reused')),
  drop constraint sessions_opened_by_check,
  add constraint sessions_opened_by_check check (opened_by in ('password', 'email', 'recovery', 'oauth'));

-- Rows of sessions that ended long ago hold addresses and devices for nothing: the next sign-in of their user removes them.
grant delete on private.sessions to tandem_auth;

create policy "The auth service forgets sessions that ended" on private.sessions
  for delete to tandem_auth using (ended_at is not null or absolute_expires_at < now());

-- Ends the session of a retired token that was used after its overlap, ours and Supabase's. SECURITY DEFINER: whoever
-- identifies callers may end exactly the session whose old token it was shown, and no other.
create function private.end_reused_session(of_token bytea, retired_before timestamptz, at timestamptz) returns uuid
  language sql volatile security definer set search_path = ''
as $$
  with ended as (
    update private.sessions s set ended_at = at, ended_because = 'token_reused'
    from private.session_tokens t
    where t.token_hash = of_token and t.retired_at <= retired_before and s.id = t.session_id and s.ended_at is null
    returning s.id, s.user_id, s.supabase_session_id
  ), gone as (
    delete from auth.sessions a using ended where a.id = ended.supabase_session_id and a.user_id = ended.user_id
  )
  select id from ended
$$;

revoke execute on function private.end_reused_session(bytea, timestamptz, timestamptz) from public;

grant execute on function private.end_reused_session(bytea, timestamptz, timestamptz) to tandem_auth, tandem_payment;

-- Whether a session still lacks the second factor its account has set up. Supabase Auth says so in auth.mfa_factors, which an
-- embedded Supabase without second factors does not have, and in the assurance level of its session. SECURITY DEFINER: it
-- answers yes or no about one session, so that no function needs to read auth.
create function private.second_factor_missing(of_session uuid, of_user uuid) returns boolean
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('auth.mfa_factors') is null then
    return false;
  end if;
  return exists (select from auth.mfa_factors f where f.user_id = of_user and f.status::text = 'verified')
    and not exists (select from auth.sessions s where s.id = of_session and s.aal::text in ('aal2', 'aal3'));
end
$$;

revoke execute on function private.second_factor_missing(uuid, uuid) from public;

grant execute on function private.second_factor_missing(uuid, uuid) to tandem_auth, tandem_payment;
