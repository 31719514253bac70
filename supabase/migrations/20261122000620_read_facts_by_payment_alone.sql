-- The bookings that facts call for were looked for by kind and status as well as by payment. A connection plans that once, and while
-- little was known of the table (a new database, before its first statistics) it went by kind and status: each batch then read
-- every fact there was. Now the facts of the payments are taken first, by their own index, whatever is known.
create or replace function private.due_bookings(ids uuid[])
  returns table (payment_id uuid, key text, kind text, currency text, debit text, credit text, amount_minor bigint)
  language sql stable
begin atomic
  with asked as materialized (
    select f.payment_id, f.provider, f.kind, f.object_id, f.status, f.currency, f.amount_minor, f.parent_id
    from private.payment_facts f
    where f.payment_id = any (ids)
  )
  select f.payment_id,
    case when b.kind = 'refund_reversal' then concat_ws(':', f.provider, 'refund', f.object_id, 'reversed')
         else concat_ws(':', f.provider, f.kind, f.object_id, f.status) end,
    b.kind, f.currency,
    case b.debit when 'balance' then f.provider || '_balance' else b.debit end,
    case b.credit when 'balance' then f.provider || '_balance' else b.credit end,
    f.amount_minor
  from asked f
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
  where f.amount_minor > 0
    -- Not `exists`, which may be answered from a list of all captures.
    and (f.kind = 'capture' or (
      select true from private.payment_facts c
      where c.provider = f.provider and c.kind = 'capture' and c.object_id = f.parent_id and c.status = 'succeeded'
        and c.payment_id = f.payment_id
      limit 1))
    and (b.kind <> 'refund_reversal' or (
      select true from private.payment_facts r
      where r.provider = f.provider and r.kind = 'refund' and r.object_id = f.object_id
        and r.status in ('failed', 'canceled') and r.payment_id = f.payment_id
      limit 1));
end;

-- As before, but payouts are asked about where there are any: a function whose arguments are queries is planned at each call.
create or replace function private.check_bookings() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  ids uuid[] := array(select distinct payment_id from written where payment_id is not null);
  payouts text[] := array(select key from written where payment_id is null);
  providers text[];
  object_ids text[];
  is_wrong boolean;
begin
  -- As sets, so that the cost grows with the rows and not with their square, whatever the planner thinks of them.
  is_wrong := exists (
    select w.key, w.payment_id, w.kind, w.currency,
      (select array_agg(e.account || ' ' || e.amount_minor order by e.amount_minor)
       from private.ledger_entries e where e.transaction_key = w.key)
    from written w where w.payment_id is not null
    except
    select d.key, d.payment_id, d.kind, d.currency,
      array[d.credit || ' ' || -d.amount_minor, d.debit || ' ' || d.amount_minor]
    from private.due_bookings(ids) d
  );
  if not is_wrong and cardinality(payouts) > 0 then
    providers := array(select split_part(k, ':', 1) from unnest(payouts) k);
    object_ids := array(select regexp_replace(k, '^[^:]*:payout:(.*):[^:]*$', '\1') from unnest(payouts) k);
    is_wrong := exists (
      select w.key, w.kind, w.currency,
        (select array_agg(e.account || ' ' || e.amount_minor order by e.amount_minor)
         from private.ledger_entries e where e.transaction_key = w.key)
      from written w where w.payment_id is null
      except
      select d.key, d.kind, d.currency, array[d.credit || ' ' || -d.amount_minor, d.debit || ' ' || d.amount_minor]
      from private.due_payout_bookings(providers, object_ids) d
    );
  end if;
  if is_wrong then
    raise exception 'a booking that nothing calls for, or not as it is called for'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_transactions_book_facts',
            table = 'ledger_transactions';
  end if;
  return null;
end
$$;
