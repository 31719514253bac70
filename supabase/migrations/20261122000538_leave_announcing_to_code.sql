-- Members hear of a new message by code that reacts to it (services/notification, docs/changes.md), after it is sent: who
-- sends does not wait for the rows of up to 49 others.
drop trigger messages_announce on public.messages;

drop function private.announce_message();
