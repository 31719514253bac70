-- The operator's list of events by outcome. Nearly all are applied, so a page of the others was looked for through the whole inbox,
-- from its newest row on, and to its oldest where there are few.
create index inbox_unapplied_idx on private.inbox (outcome, received_at) where outcome <> 'applied';

-- Few days of many: their bookings are looked up one by one, and not by reading the entries of all years. At the usual weight of a
-- random read (4, of disks that turn) Postgres does that only once the ledger is far larger.
alter function private.analytics(date, date) set random_page_cost = 1.1;

alter function private.close_days() set random_page_cost = 1.1;
