-- The inbox is the source of all payment state, so it keeps the order in which its reports were judged: two writers of one
-- payment take their positions while they hold its row, so the later one has the higher. Each statement takes a stretch of
-- 10,000, in which the reports of a batch have their places.
create sequence private.inbox_positions as bigint increment by 10000;

grant usage on sequence private.inbox_positions to tandem_payment, tandem_reconcile;

alter table private.inbox add column position bigint;

-- Rows of before, in the order that can still be known.
update private.inbox i
set position = 10000 * before.place
from (select provider, event_id, row_number() over (order by processed_at, received_at, event_id) as place
      from private.inbox) before
where before.provider = i.provider and before.event_id = i.event_id;

select setval('private.inbox_positions', 10000 * (select count(*) + 1 from private.inbox), false);

alter table private.inbox
  alter column position set default nextval('private.inbox_positions'),
  alter column position set not null;

comment on column private.inbox.position is 'Where the report stands in the order of judgement: of reports on one payment, that of its last outcome.';

comment on column private.inbox.observation is 'What we saw ourselves: {"sightings":[…]}, see services/payment/domain/sighting.ts. With a body: what asking about that event brought.';

-- dismissed: a person has looked at what was under review and leaves it without effect.
alter table private.inbox drop constraint inbox_outcome_check;

alter table private.inbox add constraint inbox_outcome_check check (
  outcome in ('applied', 'ignored', 'held', 'review', 'dismissed'));

-- What is under review is read with its payment.
create index inbox_reviews_idx on private.inbox (payment_id) where outcome in ('review', 'dismissed');

grant select (provider_ref, position) on private.inbox to tandem_payment;

grant update (provider_ref, position) on private.inbox to tandem_payment, tandem_reconcile;
