-- New messages are announced by code (services/notification/change-handlers.ts; a test compares its tables with the triggers):
-- the members of the conversation are notified.
create trigger messages_insert_recorded after insert on public.messages
  referencing new table as changed
  for each statement execute function private.record_change('id');

grant usage on schema public to tandem_notification;

-- Whom a new message concerns; never what it says.
grant select (id, conversation_id, position, sender_id, deleted_at) on public.messages to tandem_notification;

create policy "Who announces messages finds them" on public.messages
  for select to tandem_notification using (true);

grant select (conversation_id, user_id, visible_after, last_read_position) on public.conversation_members
  to tandem_notification;

create policy "Who announces messages finds the members" on public.conversation_members
  for select to tandem_notification using (true);

grant select (user_id, blocked_id) on public.user_blocks to tandem_notification;

create policy "Who announces messages finds who wants none" on public.user_blocks
  for select to tandem_notification using (true);
