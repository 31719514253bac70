-- Two lists for the pages of a messenger. Rows of both can be filtered, ordered and limited like those of a table.

-- The caller's conversations with what is unread in each. With the caller's own rights: the policies decide what it sees.
create function public.my_conversations()
  returns table (id uuid, title text, is_pair boolean, role text, membership_id uuid, active_at timestamptz,
    last_position bigint, last_read_position bigint, unread integer)
  language sql stable
begin atomic
  select c.id, c.title, c.is_pair, m.role, m.id, coalesce(c.last_message_at, c.created_at), c.last_position,
    m.last_read_position,
    (select count(*)::integer from (
      select n.id from public.messages n
      where n.conversation_id = c.id and n.position > greatest(m.last_read_position, m.visible_after)
        and n.sender_id is distinct from m.user_id and n.deleted_at is null
      order by n.position desc limit 100
    ) latest)
  from public.conversation_members m join public.conversations c on c.id = m.conversation_id
  where m.user_id = (select auth.uid());
end;

comment on function public.my_conversations() is
  'The caller''s conversations; `unread` counts messages of others behind the read marker, and stops at 100.';

grant execute on function public.my_conversations() to authenticated;

-- What members of a conversation are called and look like. SECURITY DEFINER: a profile is its user's own, with address and
-- metadata; these columns alone are for those who talk with them.
create function private.list_members(of_conversation uuid)
  returns table (user_id uuid, role text, name text, avatar_url text, avatar_file_id uuid, joined_at timestamptz,
    last_read_position bigint)
  language sql stable security definer set search_path = ''
as $$
  select m.user_id, m.role, coalesce(p.name, ''), p.avatar_url, p.avatar_file_id, m.joined_at, m.last_read_position
  from public.conversation_members m left join public.user_profiles p on p.id = m.user_id
  where m.conversation_id = of_conversation and of_conversation in (select private.caller_conversations())
  order by m.joined_at, m.user_id
$$;

grant execute on function private.list_members(uuid) to authenticated;

create function public.list_members(of_conversation uuid)
  returns table (user_id uuid, role text, name text, avatar_url text, avatar_file_id uuid, joined_at timestamptz,
    last_read_position bigint)
  language sql stable
begin atomic
  select l.user_id, l.role, l.name, l.avatar_url, l.avatar_file_id, l.joined_at, l.last_read_position
  from private.list_members(of_conversation) l;
end;

comment on function public.list_members(uuid) is
  'Who is in a conversation of the caller''s: names and pictures, no addresses. Nobody where it is not the caller''s.';

grant execute on function public.list_members(uuid) to authenticated;
