-- Reports also come from the providers' event lists (the hourly sweep) and from an operator's repair. An event that was listed
-- is the same row as its webhook: whichever comes later is a duplicate.
alter table private.inbox drop constraint inbox_source_check;

alter table private.inbox add constraint inbox_source_check check (source in (
  'webhook', 'events', 'create', 'confirm', 'refund', 'cancel', 'sweep', 'replay', 'repair'));

comment on column private.inbox.source is 'webhook and events: the provider''s own event, delivered or listed. The others: what it answered when we asked, and why we asked.';
