-- Messages and the account. An export holds what the user wrote, with the earlier texts of what was edited; what others wrote
-- is theirs. A deleted account leaves its places in conversations and nothing in them (change_message).
create function private.export_part_messages(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(json_build_object('id', m.id, 'conversation_id', m.conversation_id, 'body', m.body,
    'attachment_file_id', m.attachment_file_id, 'created_at', m.created_at, 'edited_at', m.edited_at,
    'deleted_at', m.deleted_at, 'earlier', coalesce((
      select json_agg(json_build_object('body', e.body, 'replaced_at', e.replaced_at) order by e.replaced_at)
      from private.message_edits e where e.message_id = m.id), '[]')) order by m.created_at desc, m.id), '[]')
  from (
    select * from public.messages own where own.sender_id = of_user order by own.created_at desc, own.id limit 5000
  ) m
$$;

create function private.export_part_conversations(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(json_build_object('id', c.id, 'title', c.title, 'is_pair', c.is_pair, 'role', m.role,
    'joined_at', m.joined_at, 'last_read_position', m.last_read_position, 'read_at', m.read_at) order by m.joined_at), '[]')
  from public.conversation_members m join public.conversations c on c.id = m.conversation_id
  where m.user_id = of_user
$$;

create function private.export_part_blocks(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(json_build_object('user_id', b.blocked_id, 'created_at', b.created_at) order by b.created_at), '[]')
  from public.user_blocks b where b.user_id = of_user
$$;

create function private.export_part_avatar(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select json_build_object('file_id', p.avatar_file_id) from public.user_profiles p where p.id = of_user
$$;
