-- Whether Supabase Auth opened a session after a moment. A session of ours may be younger than the one it stands on (whoever signed
-- in at Supabase shows a second factor here), and only a sign-in is recent. SECURITY DEFINER: it answers yes or no about one
-- session, so that no function needs to read auth.
create function private.supabase_session_opened_after(of_session uuid, of_user uuid, moment timestamptz) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from auth.sessions s where s.id = of_session and s.user_id = of_user and s.created_at > moment
  )
$$;

revoke execute on function private.supabase_session_opened_after(uuid, uuid, timestamptz) from public;

grant execute on function private.supabase_session_opened_after(uuid, uuid, timestamptz) to tandem_auth;
