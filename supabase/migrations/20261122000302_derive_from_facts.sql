-- What follows from the facts, in SQL of its own: nothing here is shared with services/payment/domain, and the triggers of
-- the next file hold every write against it.

-- How far a fact of a kind has come; null for what is no status of it.
create function private.fact_rank(kind text, status text) returns integer
  language sql immutable parallel safe
  return array_position(
    case kind
      when 'capture' then array['pending', 'failed', 'succeeded']
      when 'refund' then array['pending', 'succeeded', 'canceled', 'failed']
      when 'dispute' then array['warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
                                'under_review', 'prevented', 'won', 'lost']
      else array[status]
    end, status);

comment on function private.fact_rank(text, text) is 'The rank of a status; of one thing the highest counts.';

-- A row for each of the payments. A thing counts as far as it has come, and what belongs to a capture once that is known.
create function private.derive_payments(ids uuid[])
  returns table (id uuid, status text, captured_minor numeric, refunded_minor numeric, reversed_minor numeric,
                 fee_minor numeric, dispute_status text)
  language sql stable
begin atomic
  with latest as materialized (
    select distinct on (f.payment_id, f.kind, f.object_id)
      f.payment_id, f.kind, f.object_id, f.status, f.amount_minor, f.parent_id
    from private.payment_facts f
    where f.payment_id = any (ids)
    order by f.payment_id, f.kind, f.object_id, private.fact_rank(f.kind, f.status) desc
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

comment on function private.derive_payments(uuid[]) is 'Status, totals and dispute status that follow from the facts of payments.';

-- The bookings that must be in the ledger for the facts of the payments.
create function private.due_bookings(ids uuid[])
  returns table (payment_id uuid, key text, kind text, currency text, debit text, credit text, amount_minor bigint)
  language sql stable
begin atomic
  select f.payment_id,
    case when b.kind = 'refund_reversal' then concat_ws(':', f.provider, 'refund', f.object_id, 'reversed')
         else concat_ws(':', f.provider, f.kind, f.object_id, f.status) end,
    b.kind, f.currency,
    case b.debit when 'balance' then f.provider || '_balance' else b.debit end,
    case b.credit when 'balance' then f.provider || '_balance' else b.credit end,
    f.amount_minor
  from private.payment_facts f
  join (values
    ('capture', 'succeeded', 'capture', 'balance', 'sales'),
    ('refund', 'succeeded', 'refund', 'sales', 'balance'),
    -- What is undone is what was booked, so it is worth as much.
    ('refund', 'succeeded', 'refund_reversal', 'balance', 'sales'),
    ('fee', 'charged', 'fee', 'provider_fees', 'balance'),
    ('fee_return', 'returned', 'fee_return', 'balance', 'provider_fees'),
    ('withdrawal', 'withdrawn', 'withdrawal', 'disputes', 'balance'),
    ('reinstatement', 'reinstated', 'reinstatement', 'balance', 'disputes')
  ) as b(fact_kind, fact_status, kind, debit, credit) on b.fact_kind = f.kind and b.fact_status = f.status
  where f.payment_id = any (ids) and f.amount_minor > 0
    and (f.kind = 'capture' or exists (
      select from private.payment_facts c
      where c.provider = f.provider and c.kind = 'capture' and c.object_id = f.parent_id and c.status = 'succeeded'
        and c.payment_id = f.payment_id))
    and (b.kind <> 'refund_reversal' or exists (
      select from private.payment_facts r
      where r.provider = f.provider and r.kind = 'refund' and r.object_id = f.object_id
        and r.status in ('failed', 'canceled') and r.payment_id = f.payment_id));
end;

comment on function private.due_bookings(uuid[]) is 'The ledger transactions that the facts of payments call for, with the accounts of their two entries.';

-- The bookings of payouts: made once seen on their way, undone once also failed or canceled.
create function private.due_payout_bookings(providers text[], object_ids text[])
  returns table (key text, kind text, currency text, debit text, credit text, amount_minor bigint)
  language sql stable
begin atomic
  with seen as (
    select p.provider, p.object_id, p.currency, p.amount_minor,
      bool_or(p.status in ('pending', 'in_transit', 'paid')) as made,
      bool_or(p.status in ('canceled', 'failed')) as returned
    from private.payouts p
    where (p.provider, p.object_id) in (select * from unnest(providers, object_ids))
    group by p.provider, p.object_id, p.currency, p.amount_minor
  )
  select concat_ws(':', provider, 'payout', object_id, 'made'), 'payout', currency, 'bank', provider || '_balance',
    amount_minor
  from seen where made
  union all
  select concat_ws(':', provider, 'payout', object_id, 'returned'), 'payout_return', currency, provider || '_balance', 'bank',
    amount_minor
  from seen where made and returned;
end;

comment on function private.due_payout_bookings(text[], text[]) is 'The ledger transactions that payouts call for.';

revoke all on function private.fact_rank(text, text), private.derive_payments(uuid[]), private.due_bookings(uuid[]),
  private.due_payout_bookings(text[], text[]) from public;
