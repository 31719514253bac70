-- As before, but a message that is there already spares the checks only where it belongs to this conversation, whose row is locked,
-- so that it cannot go before the primary key has refused the other. One elsewhere could: an id that was being deleted with
-- its conversation brought a message past block, limit and attachment check, to whatever place the other had held.
create or replace function private.place_message() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  into_pair boolean;
  others uuid[];
  known_in uuid;
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

  select m.conversation_id, m.position into known_in, new.position from public.messages m where m.id = new.id;
  if known_in = new.conversation_id then
    return new; -- a repeated request: counts nothing, and meets the primary key
  elsif known_in is not null then
    raise sqlstate 'PT409' using message = 'message_exists',
      detail = 'There is a message with this id already.', hint = 'Make another id.';
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
