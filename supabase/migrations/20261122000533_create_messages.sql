-- What members say. Written through the Data API: `id` comes from the client, so that a repeated request is the same message;
-- sender, position and times come from the server (guard_messages).
create table public.messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  -- 1, 2, 3 ... within the conversation, in the order of commit: a page that was read never gets another message. The
  -- trigger gives it; 0 is never kept.
  position bigint not null default 0 check (position >= 0),
  -- Null: the account is gone, and the text with it.
  sender_id uuid default auth.uid() references auth.users (id) on delete set null,
  -- Null: deleted. Plain text; whoever shows it as HTML escapes it.
  body text check (length(body) between 1 and 4000),
  -- An accepted file of the sender's. A file that was deleted may still be named here.
  attachment_file_id uuid,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  constraint messages_position_key unique (conversation_id, position),
  constraint messages_have_a_body_until_deleted check ((body is null) = (deleted_at is not null)),
  constraint messages_have_a_sender_until_deleted check (sender_id is not null or deleted_at is not null),
  constraint messages_deleted_whole check (deleted_at is null or attachment_file_id is null)
);

comment on table public.messages is 'Messages; a deleted one keeps its row and place, and nothing of what it said.';

create index messages_sender_idx on public.messages (sender_id);

create index messages_attachment_idx on public.messages (attachment_file_id) where attachment_file_id is not null;

-- Whether whoever asks sees a message: a member does, from the moment of joining on. SECURITY DEFINER for the same reason as
-- caller_conversations.
create function private.caller_sees_message(of_conversation uuid, at_position bigint) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.conversation_members m
    where m.conversation_id = of_conversation and m.user_id = auth.uid() and m.visible_after < at_position
  )
$$;

grant execute on function private.caller_sees_message(uuid, bigint) to authenticated;

alter table public.messages enable row level security;

grant select on public.messages to authenticated;

grant insert (id, conversation_id, body, attachment_file_id) on public.messages to authenticated;

-- A new text, or any time for `deleted_at`, which becomes the server's.
grant update (body, deleted_at) on public.messages to authenticated;

-- The first condition is asked once and hashed, so that rows of other conversations cost next to nothing; the second is
-- asked of each row that is left.
create policy "Members see messages since they joined" on public.messages
  for select to authenticated
  using (conversation_id in (select private.caller_conversations())
    and private.caller_sees_message(conversation_id, position));

create policy "Members send in their own name" on public.messages
  for insert to authenticated
  with check (sender_id = (select auth.uid()) and conversation_id in (select private.caller_conversations()));

create policy "Senders change their own messages" on public.messages
  for update to authenticated
  using (sender_id = (select auth.uid()) and conversation_id in (select private.caller_conversations()))
  with check (sender_id = (select auth.uid()) and conversation_id in (select private.caller_conversations()));

-- What edited messages said before. For the sender's own export and for whoever has to look into a complaint by order of
-- the owner of the database; no function reads it otherwise. Gone with a deleted message.
create table private.message_edits (
  message_id uuid not null references public.messages (id) on delete cascade,
  replaced_at timestamptz not null,
  body text not null,
  primary key (message_id, replaced_at)
);

comment on table private.message_edits is 'Earlier texts of edited messages; no policy: the triggers of its owner write it.';

alter table private.message_edits enable row level security;

-- New, edited and deleted messages come live. With the primary key as identity an update sends the new row alone, so a
-- deletion sends an empty body and never what it was.
alter publication supabase_realtime add table public.messages;
