-- Disputes, what the provider withdrew and gave back because of them, and returned fees are facts too.
alter table private.payment_facts drop constraint payment_facts_known_status;

alter table private.payment_facts add constraint payment_facts_known_status check (
  (kind = 'authorization' and status in ('authorized'))
  or (kind = 'capture' and status in ('pending', 'failed', 'succeeded'))
  or (kind = 'refund' and status in ('pending', 'succeeded', 'failed', 'canceled'))
  or (kind = 'fee' and status in ('charged'))
  or (kind = 'fee_return' and status in ('returned'))
  or (kind = 'dispute' and status in ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
                                      'under_review', 'prevented', 'won', 'lost'))
  or (kind = 'withdrawal' and status in ('withdrawn'))
  or (kind = 'reinstatement' and status in ('reinstated'))
  or (kind = 'cancellation' and status in ('canceled'))
  or (kind = 'expiry' and status in ('expired'))
);

alter table private.payment_facts drop constraint payment_facts_parent;

alter table private.payment_facts add constraint payment_facts_parent check (
  (kind in ('refund', 'fee', 'fee_return', 'dispute', 'withdrawal', 'reinstatement')) = (parent_id is not null));

-- A dispute is no money: what it costs comes as withdrawals and fees. Those are never nothing.
alter table private.payment_facts add constraint payment_facts_dispute_is_no_money check (kind <> 'dispute' or amount_minor = 0);

alter table private.payment_facts add constraint payment_facts_movement_is_money check (
  kind not in ('withdrawal', 'reinstatement', 'fee_return') or amount_minor > 0);

comment on column private.payment_facts.parent_id is 'The capture that everything but captures, authorizations and ends belongs to.';

alter table public.payments
  -- Below 0 while only the reinstatement of a withdrawal has been reported.
  add column reversed_minor bigint not null default 0,
  add column dispute_status text check (dispute_status in (
    'warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'prevented', 'won',
    'lost'));

comment on column public.payments.reversed_minor is 'What the provider took back for disputes and reversals less what it gave back, ISO 4217 minor units.';

comment on column public.payments.dispute_status is 'Of all disputes the one that needs attention most; warning_ ones are inquiries.';

alter table public.payments drop constraint payments_status_check;

alter table public.payments add constraint payments_status_check check (status in (
  'created', 'requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'requires_capture',
  'succeeded', 'partially_refunded', 'refunded', 'reversed', 'failed', 'canceled', 'expired'));

-- Of what is only observed no other status can follow.
alter table public.payments add constraint payments_observed_status_check check (observed_status in (
  'requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'requires_capture', 'failed'));

-- A fee may be returned before it is known.
alter table public.payments drop constraint payments_fee_minor_check;

grant update (reversed_minor, dispute_status) on public.payments to tandem_payment, tandem_reconcile;

alter policy "The payment service opens payments" on public.payments
  with check (status = 'created' and captured_minor = 0 and refunded_minor = 0 and reversed_minor = 0
              and dispute_status is null);

-- Disputes that are not decided: the sweep keeps asking.
create index payments_disputed_idx on public.payments (created_at)
  where dispute_status in ('needs_response', 'warning_needs_response', 'under_review', 'warning_under_review');

insert into private.ledger_accounts (id, description) values
  ('disputes', 'What was withdrawn for disputes and reversals, less what was reinstated'),
  ('bank', 'What the providers paid out to our bank');
