-- By which the members of a conversation are told in the same order whoever tells them: two who told them at the same time in
-- different orders would wait for each other.
grant select (id) on public.conversation_members to tandem_notification;
