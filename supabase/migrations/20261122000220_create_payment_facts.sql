-- What the providers told us, as a set that only grows. A fact's business key is the provider's id of the thing itself, so
-- the same fact under another event id is the same row. Ranks and meanings: services/payment/domain/fact-kinds.ts.
create table private.payment_facts (
  payment_id uuid not null,
  provider text not null check (provider in ('stripe', 'paypal')),
  kind text not null,
  object_id text not null check (length(object_id) between 1 and 255),
  status text not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  -- The capture that a refund returns or a fee was taken from.
  parent_id text check (length(parent_id) between 1 and 255),
  recorded_at timestamptz not null default now(),
  primary key (provider, kind, object_id, status),
  foreign key (payment_id, currency) references public.payments (id, currency),
  constraint payment_facts_known_status check (
    (kind = 'authorization' and status in ('authorized'))
    or (kind = 'capture' and status in ('pending', 'failed', 'succeeded'))
    or (kind = 'refund' and status in ('pending', 'succeeded', 'failed', 'canceled'))
    or (kind = 'fee' and status in ('charged'))
    or (kind = 'cancellation' and status in ('canceled'))
    or (kind = 'expiry' and status in ('expired'))
  ),
  constraint payment_facts_parent check ((kind in ('refund', 'fee')) = (parent_id is not null))
);

comment on table private.payment_facts is 'Immutable facts by provider, kind, provider object id and status; amounts in ISO 4217 minor units.';

create index payment_facts_payment_idx on private.payment_facts (payment_id);

create index payment_facts_pending_refund_idx on private.payment_facts (payment_id)
  where kind = 'refund' and status = 'pending';

grant select, insert on private.payment_facts to tandem_payment, tandem_reconcile;

-- Append-only, whoever asks: a correction is another fact.
create function private.refuse_change() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;

create trigger payment_facts_append_only before update or delete on private.payment_facts
  for each row execute function private.refuse_change();

create trigger payment_facts_no_truncate before truncate on private.payment_facts
  for each statement execute function private.refuse_change();

-- The totals, recomputed from the facts by SQL of its own: whatever code wrote the row, it cannot commit other sums.
-- A refund counts once it succeeded, was not returned by the bank, and its capture is known.
create function private.check_payment_totals() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  checked_id uuid;
  captured bigint;
  refunded bigint;
  fees bigint;
begin
  if tg_table_name = 'payments' then
    checked_id := new.id;
  else
    checked_id := new.payment_id;
  end if;
  with facts as (
    select kind, object_id, status, amount_minor, parent_id
    from private.payment_facts where payment_id = checked_id
  ), captures as (
    select object_id, amount_minor from facts where kind = 'capture' and status = 'succeeded'
  )
  select
    coalesce((select sum(amount_minor) from captures), 0),
    coalesce((select sum(r.amount_minor) from facts r
      where r.kind = 'refund' and r.status = 'succeeded'
        and exists (select from captures c where c.object_id = r.parent_id)
        and not exists (select from facts f where f.kind = 'refund' and f.object_id = r.object_id
                        and f.status in ('failed', 'canceled'))), 0),
    coalesce((select sum(e.amount_minor) from facts e
      where e.kind = 'fee' and exists (select from captures c where c.object_id = e.parent_id)), 0)
  into captured, refunded, fees;

  -- The row as it is being committed, which a later statement of the transaction may have written.
  if not exists (
    select from public.payments p
    where p.id = checked_id and p.captured_minor = captured and p.refunded_minor = refunded and p.fee_minor = fees
  ) then
    raise exception 'payment totals differ from its facts'
      using errcode = 'integrity_constraint_violation', constraint = 'payments_totals_follow_facts', table = 'payments';
  end if;
  return null;
end
$$;

revoke all on function private.check_payment_totals() from public;

-- Deferred to the commit, because facts and totals arrive in one statement. On both sides: neither a total without its
-- fact nor a fact without its total can be committed.
create constraint trigger payments_totals_follow_facts
  after insert or update of captured_minor, refunded_minor, fee_minor on public.payments
  deferrable initially deferred
  for each row execute function private.check_payment_totals();

create constraint trigger payment_facts_are_in_totals
  after insert on private.payment_facts
  deferrable initially deferred
  for each row when (new.kind in ('capture', 'refund', 'fee') and new.amount_minor > 0)
  execute function private.check_payment_totals();
