-- Where a dispute stands goes back and forth: PayPal asks for evidence again after it has reviewed some, a dispute that was lost is
-- appealed and won. So its facts also say when the provider said so, and of one dispute the newest counts. That is a maximum of a
-- total order as before, so that the order in which reports arrive is nothing; all other facts still count by their rank alone.
alter table private.payment_facts add column as_of timestamptz not null default '-infinity';

comment on column private.payment_facts.as_of is 'When the provider said so, of disputes alone: of one dispute the newest fact counts.';

-- In one statement, so that there is no moment without a key.
alter table private.payment_facts drop constraint payment_facts_pkey,
  add constraint payment_facts_pkey primary key (provider, kind, object_id, status, as_of);

-- Whatever is money counts as far as it has come, whenever it was said.
alter table private.payment_facts add constraint payment_facts_as_of check (kind = 'dispute' or as_of = '-infinity');

-- As before, but for the order of what is reported of one thing.
create or replace function private.derive_payments(ids uuid[])
  returns table (id uuid, status text, captured_minor numeric, refunded_minor numeric, reversed_minor numeric,
                 fee_minor numeric, dispute_status text)
  language sql stable
begin atomic
  with latest as materialized (
    select distinct on (f.payment_id, f.kind, f.object_id)
      f.payment_id, f.kind, f.object_id, f.status, f.amount_minor, f.parent_id
    from private.payment_facts f
    where f.payment_id = any (ids)
    order by f.payment_id, f.kind, f.object_id, f.as_of desc, private.fact_rank(f.kind, f.status) desc
  ), counting as (
    select l.payment_id, l.kind, l.status, l.amount_minor,
      l.kind = 'capture' or c.object_id is not null as counts
    from latest l
    left join latest c on c.payment_id = l.payment_id and c.object_id = l.parent_id
                      and c.kind = 'capture' and c.status = 'succeeded'
  ), totals as (
    select payment_id,
      coalesce(sum(amount_minor) filter (where kind = 'capture' and status = 'succeeded'), 0) as captured,
      coalesce(sum(amount_minor) filter (where counts and kind = 'refund' and status = 'succeeded'), 0) as refunded,
      coalesce(sum(case kind when 'withdrawal' then amount_minor when 'reinstatement' then -amount_minor end)
               filter (where counts), 0) as reversed,
      coalesce(sum(case kind when 'fee' then amount_minor when 'fee_return' then -amount_minor end)
               filter (where counts), 0) as fees,
      min(array_position(array['needs_response', 'warning_needs_response', 'under_review', 'warning_under_review',
                               'lost', 'won', 'prevented', 'warning_closed'], status))
        filter (where kind = 'dispute') as pressing,
      bool_or(kind = 'capture' and status = 'pending') as in_flight,
      bool_or(kind = 'cancellation') as is_canceled,
      bool_or(kind = 'expiry') as is_expired,
      bool_or(kind = 'authorization') as is_held,
      bool_or(kind = 'capture' and status = 'failed') as has_failed
    from counting
    group by payment_id
  )
  select p.id,
    case
      when t.captured > 0 then case
        when t.reversed > 0 and t.refunded + t.reversed >= t.captured and coalesce(t.pressing, 5) > 4 then 'reversed'
        when t.refunded = 0 then 'succeeded'
        when t.refunded < t.captured then 'partially_refunded'
        else 'refunded'
      end
      when t.in_flight then 'processing'
      when t.is_canceled then 'canceled'
      when t.is_expired then 'expired'
      when p.observed_status is not null then p.observed_status
      when t.is_held then 'requires_capture'
      when t.has_failed then 'requires_payment_method'
      else 'created'
    end,
    coalesce(t.captured, 0), coalesce(t.refunded, 0), coalesce(t.reversed, 0), coalesce(t.fees, 0),
    (array['needs_response', 'warning_needs_response', 'under_review', 'warning_under_review',
           'lost', 'won', 'prevented', 'warning_closed'])[t.pressing]
  from public.payments p
  left join totals t on t.payment_id = p.id
  where p.id = any (ids);
end;
