-- Supabase believes an access token until it expires, an hour: whoever was signed out, banned or reported stolen in the meantime
-- went on reading and writing through the Data API, Realtime and Storage, and a password alone was enough there for an account
-- with a second factor. So the policies of users ask this function instead of auth.uid(), as the functions' routes do: once for a
-- statement, by three primary keys (docs/adr/0027).
--
-- Who asks, or null where that is nobody who may act: no account, a banned one, a session that has ended, one that lacks the second
-- factor. A token that names no session is one that the owner of the signing key made; it stands until it expires. SECURITY
-- DEFINER: about the caller alone, so that users need no grant on auth.
create function private.caller() returns uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select u.id
  from auth.users u, (select (auth.jwt() ->> 'session_id')::uuid as session_id) token
  where u.id = auth.uid() and u.deleted_at is null and (u.banned_until is null or u.banned_until <= now())
    and (token.session_id is null or private.supabase_session_lives(token.session_id, u.id))
    and not private.second_factor_missing(token.session_id, u.id)
$$;

grant execute on function private.caller() to authenticated;

alter policy "Users see their own profile" on public.user_profiles using (id = (select private.caller()));

alter policy "Users change their own profile" on public.user_profiles
  using (id = (select private.caller())) with check (id = (select private.caller()));

alter policy "Users see their own preferences" on public.user_preferences using (user_id = (select private.caller()));

alter policy "Users change their own preferences" on public.user_preferences
  using (user_id = (select private.caller())) with check (user_id = (select private.caller()));

alter policy "Users see their own payments" on public.payments using (user_id = (select private.caller()));

alter policy "Users see their own choices" on public.notification_preferences using (user_id = (select private.caller()));

alter policy "Users choose for themselves" on public.notification_preferences
  with check (user_id = (select private.caller()));

alter policy "Users change their own choices" on public.notification_preferences
  using (user_id = (select private.caller())) with check (user_id = (select private.caller()));

alter policy "Users take back their own choices" on public.notification_preferences
  using (user_id = (select private.caller()));

alter policy "Users see their own notifications" on public.notifications using (user_id = (select private.caller()));

alter policy "Users mark their own notifications" on public.notifications
  using (user_id = (select private.caller())) with check (user_id = (select private.caller()));

alter policy "Users delete their own notifications" on public.notifications using (user_id = (select private.caller()));

alter policy "Users see their own files" on public.files using (user_id = (select private.caller()));

alter policy "Users see their own subscriptions" on public.subscriptions using (user_id = (select private.caller()));

alter policy "Users see their own usage" on public.usage using (user_id = (select private.caller()));

alter policy "Users see their own days" on public.usage_days using (user_id = (select private.caller()));

alter policy "Users see whom they block" on public.user_blocks using (user_id = (select private.caller()));

alter policy "Users block" on public.user_blocks with check (user_id = (select private.caller()));

alter policy "Users unblock" on public.user_blocks using (user_id = (select private.caller()));

alter policy "Members move their own read marker" on public.conversation_members
  using (user_id = (select private.caller())) with check (user_id = (select private.caller()));

alter policy "Members leave, and owners remove members" on public.conversation_members
  using (user_id = (select private.caller()) or conversation_id in (select private.caller_owned_conversations()));

alter policy "Members send in their own name" on public.messages
  with check (sender_id = (select private.caller()) and conversation_id in (select private.caller_conversations()));

alter policy "Senders change their own messages" on public.messages
  using (sender_id = (select private.caller()) and conversation_id in (select private.caller_conversations()))
  with check (sender_id = (select private.caller()) and conversation_id in (select private.caller_conversations()));

-- As before, of a caller who may act. What asks for each row (caller_sees_message) stands beside one that asks once.
create or replace function private.caller_conversations() returns setof uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select m.conversation_id from public.conversation_members m where m.user_id = (select private.caller())
$$;

create or replace function private.caller_owned_conversations() returns setof uuid
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select m.conversation_id from public.conversation_members m
  where m.user_id = (select private.caller()) and m.role = 'owner'
$$;

create or replace function private.my_conversations()
  returns table (id uuid, title text, is_pair boolean, role text, membership_id uuid, active_at timestamptz,
    last_position bigint, last_read_position bigint, unread integer)
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select c.id, c.title, c.is_pair, m.role, m.id, coalesce(c.last_message_at, c.created_at), c.last_position,
    m.last_read_position, behind.unread
  from public.conversation_members m
  join public.conversations c on c.id = m.conversation_id
  cross join lateral (
    select count(*)::integer as unread from (
      select from public.messages n
      where n.conversation_id = c.id and n.position > greatest(m.last_read_position, m.visible_after)
        and n.sender_id is distinct from m.user_id and n.deleted_at is null
      order by n.position limit 100
    ) latest
  ) behind
  where m.user_id = (select private.caller())
$$;

create or replace function private.require_caller() returns uuid
  language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  caller uuid := private.caller();
begin
  if caller is null then
    raise insufficient_privilege using message = 'unauthenticated', detail = 'Sign in first.';
  end if;
  return caller;
end
$$;

create or replace function private.caller_may_read_object(of_bucket text, of_key text) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from public.files f, (select private.caller() as id offset 0) me
    where f.bucket = of_bucket and f.object_key = of_key and f.status = 'accepted'
      and (
        f.user_id = me.id
        or (f.purpose = 'avatar' and exists (
          select from public.user_profiles p
          join public.conversation_members theirs on theirs.user_id = p.id
          join public.conversation_members mine on mine.conversation_id = theirs.conversation_id
          where p.id = f.user_id and p.avatar_file_id = f.id and mine.user_id = me.id))
        or (f.purpose = 'attachment' and exists (
          select from public.messages n
          join public.conversation_members mine on mine.conversation_id = n.conversation_id
          where n.attachment_file_id = f.id and mine.user_id = me.id and mine.visible_after < n.position))
      )
  )
$$;
