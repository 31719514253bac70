-- The rules of messages that hold whoever writes. Refusals are for people who use the Data API: SQLSTATE PTxyz makes PostgREST
-- answer status xyz; `message` is a stable code, `details` says it in words, `hint` what to do.

-- Counts something a user does, and refuses with 429 beyond `most` in a window. One row for each user, in which parallel
-- requests queue (create_rate_limits).
create function private.limit_user(of_user uuid, what text, most integer, window_ms bigint) returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  taken bigint[] := private.take_from_limit(
    format('user %s %s', what, of_user), most, window_ms, (extract(epoch from clock_timestamp()) * 1000)::bigint);
begin
  if taken[1] = 0 then
    raise sqlstate 'PT429' using message = 'rate_limited',
      detail = format('At most %s %s in %s.', most, what, make_interval(secs => window_ms / 1000)),
      hint = format('Try again in %s seconds.', ceil(taken[3] / 1000.0));
  end if;
end
$$;

-- The text without white space around it, or a refusal. NUL cannot be in it: Postgres has no such text.
create function private.message_text(sent text) returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  kept text := btrim(sent, U&' \0009\000A\000B\000C\000D\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\200B\2028\2029\202F\205F\3000\FEFF');
begin
  if kept is null or length(kept) not between 1 and 4000 then
    raise sqlstate 'PT422' using message = 'body_invalid',
      detail = 'A message has 1 to 4000 characters besides white space around them.',
      hint = 'To delete a message, set deleted_at.';
  end if;
  return kept;
end
$$;

-- Whether either of two users blocks the other.
create function private.is_blocked(one uuid, another uuid) returns boolean
  language sql stable set search_path = ''
as $$
  select exists (
    select from public.user_blocks b
    where (b.user_id = one and b.blocked_id = another) or (b.user_id = another and b.blocked_id = one)
  )
$$;

-- Gives a new message its place, or refuses it. SECURITY DEFINER: it takes the lock on the conversation, and sees who
-- blocks whom.
create function private.place_message() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  into_pair boolean;
  others uuid[];
begin
  -- Two requests that lock two conversations each in another order would wait for each other.
  if nullif(current_setting('tandem.conversation', true), '') <> new.conversation_id::text then
    raise sqlstate 'PT400' using message = 'one_conversation_at_a_time',
      detail = 'The messages of one request belong to one conversation.', hint = 'Send a request for each.';
  end if;
  perform set_config('tandem.conversation', new.conversation_id::text, true);

  -- A stranger waits for no lock and holds none. Asked again after it: the sender may have been removed meanwhile.
  select c.is_pair into into_pair from public.conversations c
    where c.id = new.conversation_id and exists (
      select from public.conversation_members m where m.conversation_id = c.id and m.user_id = new.sender_id)
    for update of c;
  select array_agg(m.user_id) into others from public.conversation_members m where m.conversation_id = new.conversation_id;
  if into_pair is null or array_position(others, new.sender_id) is null then
    raise insufficient_privilege using message = 'not_a_member',
      detail = 'There is no such conversation, or you are not in it.';
  end if;
  others := array_remove(others, new.sender_id);

  -- A request that is repeated: counts nothing, and meets the primary key.
  select m.position into new.position from public.messages m where m.id = new.id;
  if found then
    return new;
  end if;

  new.body := private.message_text(new.body);
  if cardinality(others) = 0 then
    raise sqlstate 'PT409' using message = 'nobody_else',
      detail = 'Everybody else has left.', hint = 'Start the conversation again, or add somebody.';
  end if;
  if into_pair and private.is_blocked(new.sender_id, others[1]) then
    raise sqlstate 'PT403' using message = 'conversation_closed', detail = 'One of you two blocks the other.';
  end if;
  if new.attachment_file_id is not null then
    perform private.require_file(new.attachment_file_id, new.sender_id, 'attachment');
  end if;
  perform private.limit_user(new.sender_id, 'messages', 30, 60000);

  -- After the lock, so that times have the order of positions.
  new.created_at := clock_timestamp();
  new.edited_at := null;
  new.deleted_at := null;
  update public.conversations c set last_position = c.last_position + 1, last_message_at = new.created_at
    where c.id = new.conversation_id returning c.last_position into new.position;
  return new;
end
$$;

create trigger messages_place before insert on public.messages
  for each row execute function private.place_message();

-- What becomes of a message: its sender edits it for fifteen minutes, deletes it whenever, or goes. SECURITY DEFINER: it
-- keeps the earlier text, which nobody else may write or read.
create function private.change_message() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if new.sender_id is null or (new.deleted_at is not null and old.deleted_at is null) then
    -- Deleted, or the account is: what was said is gone, for everybody.
    new.body := null;
    new.attachment_file_id := null;
    new.deleted_at := coalesce(old.deleted_at, clock_timestamp());
    delete from private.message_edits e where e.message_id = new.id;
    return new;
  end if;
  if old.deleted_at is not null then
    if new.body is null and new.deleted_at is not null then
      return old; -- deleted again
    end if;
    raise sqlstate 'PT409' using message = 'message_deleted', detail = 'A deleted message stays deleted.';
  end if;
  new.body := private.message_text(new.body);
  if new.body = old.body then
    return new;
  end if;
  if old.created_at < clock_timestamp() - interval '15 minutes' then
    raise sqlstate 'PT409' using message = 'edit_too_late',
      detail = 'A message can be edited for 15 minutes.', hint = 'Send another one, or delete it.';
  end if;
  perform private.limit_user(new.sender_id, 'edits', 30, 60000);
  new.edited_at := clock_timestamp();
  insert into private.message_edits (message_id, replaced_at, body) values (new.id, new.edited_at, old.body);
  return new;
end
$$;

create trigger messages_change before update on public.messages
  for each row execute function private.change_message();

-- A read marker goes forward, and no further than there are messages. SECURITY DEFINER: asked of a pair by its id, whatever
-- the policies of conversations become.
create function private.move_read_marker() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  new.last_read_position := greatest(old.last_read_position, least(new.last_read_position, (
    select c.last_position from public.conversations c where c.id = new.conversation_id)));
  if new.last_read_position > old.last_read_position then
    perform private.limit_user(new.user_id, 'read markers', 240, 60000);
    new.read_at := clock_timestamp();
  end if;
  return new;
end
$$;

create trigger conversation_members_move_marker before update of last_read_position on public.conversation_members
  for each row execute function private.move_read_marker();

-- Who blocks thousands probes which ids are accounts.
create function private.limit_blocks() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  perform private.limit_user(new.user_id, 'blocks', 100, 3600000);
  return new;
end
$$;

create trigger user_blocks_limit before insert on public.user_blocks
  for each row execute function private.limit_blocks();
