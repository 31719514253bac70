-- The operator's list of events, newest first, within a range of time.
create index inbox_received_idx on private.inbox (received_at);

-- The operator's routes show whole events and read them again.
grant select (source, event_type, mode, account, transmission_id, sha256, body, received_at, processed_at) on private.inbox
  to tandem_payment;
