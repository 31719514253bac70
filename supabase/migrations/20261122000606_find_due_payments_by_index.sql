-- The sweep asks every five minutes which payments are due, ten at a time. Each reason has an index of its own now, by time: what
-- was settled long ago is read for none of them (services/payment/sql/claim-open-payments.ts).

-- That a refund was on its way stays a fact for ever; what was on its way years ago is not looked at.
drop index private.payment_facts_pending_refund_idx;

create index payment_facts_pending_refund_idx on private.payment_facts (recorded_at)
  where kind = 'refund' and status = 'pending';

-- Decided disputes, too: their fee may not be known yet.
drop index public.payments_disputed_idx;

create index payments_disputed_idx on public.payments (created_at) where dispute_status is not null;
