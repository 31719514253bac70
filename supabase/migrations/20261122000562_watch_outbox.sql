-- A mail that private.notify has promised is sent at once (services/notification/change-handlers.ts); the schedule of the outbox
-- is for what this misses.
create trigger outbox_insert_recorded after insert on private.outbox
  referencing new table as changed
  for each statement execute function private.record_change('id');
