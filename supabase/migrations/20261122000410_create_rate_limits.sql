-- Who called how often. One row for each thing that is counted: an address, a user or an account on one route. Unlogged: a
-- crash of the server forgets the counts, and nothing that matters is lost. Nobody has a grant on it; the functions below
-- are the only way in, so no service can read whom another one counts, or set a count back.
create unlogged table private.rate_limits (
  -- What is counted, the method and path of the route, whom: `user GET /api/payments/history <id>`. No e-mail address: of an
  -- account there is a keyed hash.
  key text primary key check (length(key) <= 400),
  -- The newest slot with a call. A window has ten slots, counted from 1970.
  slot bigint not null,
  -- Calls of that slot and of the ten before it, the newest first. Ten full slots and the running one cover every window
  -- that ends now, so no window of any position ever holds more than the limit.
  counts integer[] not null check (cardinality(counts) = 11),
  -- Whether the last call was let through.
  allowed boolean not null,
  -- When the row says nothing any more: milliseconds since 1970.
  stale_at bigint not null
)
-- Counts change in place: room for the new version beside the old one, and no index but the key's.
with (fillfactor = 50);

comment on table private.rate_limits is 'Calls for each address, user and account in the last window; unlogged, see docs/rate-limits.md.';

alter table private.rate_limits enable row level security;

-- Counts one call and answers three numbers: 1 if it may go on and 0 if not (then it was not counted), how many more may, and
-- in how many milliseconds the oldest counted ones leave the window. One statement: callers at the same moment queue for the
-- row. Not in PL/pgSQL with a handler for errors: under wal_level = logical a subtransaction that writes costs a flush of the log,
-- even for an unlogged table. SECURITY DEFINER: whoever counts needs no grant on the table.
create function private.take_from_limit(of_key text, most integer, window_ms bigint, at_ms bigint) returns bigint[]
  language sql volatile security definer set search_path = ''
as $$
  insert into private.rate_limits as kept (key, slot, counts, allowed, stale_at)
  values (
    of_key,
    at_ms / (window_ms / 10),
    array[case when most > 0 then 1 else 0 end, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    most > 0,
    (at_ms / (window_ms / 10) + 11) * (window_ms / 10)
  )
  on conflict (key) do update set (slot, counts, allowed, stale_at) = (
    select
      moved.slot,
      case when total.calls < most then array[moved.counts[1] + 1] || moved.counts[2:] else moved.counts end,
      total.calls < most,
      (moved.slot + 11) * (window_ms / 10)
    from (select greatest(excluded.slot, kept.slot) as slot) newest,
      lateral (
        select newest.slot, array(
          -- Slots that have left the window fall off the end, those without a call come in as zeros.
          select case
            when place <= newest.slot - kept.slot then 0
            else kept.counts[(place - (newest.slot - kept.slot))::integer]
          end
          from generate_series(1::bigint, 11) place
          order by place
        ) as counts
      ) moved,
      lateral (select sum(n) as calls from unnest(moved.counts) n) total
  )
  returning array[
    allowed::integer,
    greatest(most - (select sum(n) from unnest(counts) n), 0),
    -- The oldest slot with a call leaves when the tenth slot after it has ended.
    (slot - (select max(place) from generate_subscripts(counts, 1) place where counts[place] > 0) + 12)
      * (window_ms / 10) - at_ms
  ]::bigint[]
$$;

-- Takes back the newest counted call: that of a caller who turned out to be no stranger.
create function private.give_back_to_limit(of_key text) returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.rate_limits kept
  set counts = kept.counts[:newest.place - 1] || (kept.counts[newest.place] - 1) || kept.counts[newest.place + 1:]
  from (
    select key, (select min(place) from generate_subscripts(counts, 1) place where counts[place] > 0) as place
    from private.rate_limits where key = of_key for update
  ) newest
  where kept.key = newest.key and newest.place is not null
$$;

-- Removes rows that say nothing any more, at most ten thousand at a time, and says how many.
create function private.forget_rate_limits(at_ms bigint) returns bigint
  language sql volatile security definer set search_path = ''
as $$
  with gone as (
    delete from private.rate_limits
    where key in (
      select key from private.rate_limits where stale_at < at_ms limit 10000 for update skip locked
    )
    returning key
  )
  select count(*) from gone
$$;

revoke execute on function private.take_from_limit(text, integer, bigint, bigint) from public;
revoke execute on function private.give_back_to_limit(text) from public;
revoke execute on function private.forget_rate_limits(bigint) from public;

grant execute on function private.take_from_limit(text, integer, bigint, bigint) to tandem_auth, tandem_payment;
grant execute on function private.give_back_to_limit(text) to tandem_auth;
grant execute on function private.forget_rate_limits(bigint) to tandem_reconcile;
