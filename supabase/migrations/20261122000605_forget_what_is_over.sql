-- Rows that nothing asks for any more go, a bounded number at a time: the sweep calls these functions until there is nothing
-- left of the kind. docs/operations.md says for every table what ends its rows, and which are evidence and stay.
--
-- SECURITY DEFINER, and the ages stand here: the sweep's role reads none of these tables, and does not choose what goes. By the
-- clock of the database, which wrote the times. Each statement deletes by place (ctid), so that it reads what it deletes and
-- nothing else, whatever is known of the sizes of the tables when it is planned.

-- Sessions: so long their owners, and whoever helps them, may want to know that there was one, with its address and device. Not a
-- thousand at a time, because each takes its retired tokens along.
create index sessions_over_idx on private.sessions (least(ended_at, absolute_expires_at));

create function private.forget_sessions() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.sessions where ctid = any (array(
      select s.ctid from private.sessions s
      where least(s.ended_at, s.absolute_expires_at) < now() - interval '30 days'
      order by least(s.ended_at, s.absolute_expires_at)
      limit 100))
    returning 1
  )
  select count(*) from gone
$$;

-- Before, only the next sign-in of a user removed theirs: those of who never came back stayed for ever.
drop policy "The auth service forgets sessions that ended" on private.sessions;

revoke delete on private.sessions from tandem_auth;

-- Answers to a repeated request: after a day as Stripe does with its own, because they carry a client secret or stand for a dead
-- link, and a payment that is a day old is not started again. Keys of refunds stay: a second refund is money. An index without
-- those, since it would be read through from its oldest entry each time.
drop index private.idempotency_keys_created_idx;

create index idempotency_keys_forgettable_idx on private.idempotency_keys (created_at)
  where route in ('create-intent', 'cancel', 'create-upload');

create function private.forget_idempotency_keys() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.idempotency_keys where ctid = any (array(
      select k.ctid from private.idempotency_keys k
      where k.route in ('create-intent', 'cancel', 'create-upload') and k.created_at < now() - interval '1 day'
      order by k.created_at
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

drop policy "Payment answers repeats, and the sweep finds old keys" on private.idempotency_keys;

create policy "Payment answers repeats" on private.idempotency_keys
  for select to tandem_payment using (true);

drop policy "The sweep forgets keys" on private.idempotency_keys;

drop policy "The files service forgets its keys" on private.idempotency_keys;

revoke select (route, created_at), delete on private.idempotency_keys from tandem_reconcile;

revoke select (created_at), delete on private.idempotency_keys from tandem_files;

-- When to ask about a payment again: nobody has asked for a month what is asked twice a day as long as it is open.
create index payment_sweeps_next_idx on private.payment_sweeps (next_at);

create function private.forget_payment_sweeps() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.payment_sweeps where ctid = any (array(
      select s.ctid from private.payment_sweeps s
      where s.next_at < now() - interval '30 days'
      order by s.next_at
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

-- Notifications: a year of them is what a list is read back. Each deletion is told to who listens to the table (docs/realtime.md),
-- so few at a time.
create index notifications_created_idx on public.notifications (created_at);

create function private.forget_notifications() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from public.notifications where ctid = any (array(
      select n.ctid from public.notifications n
      where n.created_at < now() - interval '365 days'
      order by n.created_at
      limit 100))
    returning 1
  )
  select count(*) from gone
$$;

-- That something was told, later than the notification itself, and when no key can come again: facts, decisions about files and
-- changes of subscriptions happen once; a read marker goes on; the longest period of a quota is a year, and closes for late usage
-- after a week. Who has left a conversation unread for longer is told of it once more.
create index notices_told_idx on private.notices (told_at);

create function private.forget_notices() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.notices where ctid = any (array(
      select n.ctid from private.notices n
      where n.told_at < now() - interval '400 days'
      order by n.told_at
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

-- Events of usage and the sums of their periods, once a year's bill is a month old. The sums of days stay, from which both follow.
-- A key may end then: what says when it was used is too late after a week, and nothing repeats for a year what does not.
create index usage_events_recorded_idx on private.usage_events (recorded_at);

create function private.forget_usage_events() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from private.usage_events where ctid = any (array(
      select e.ctid from private.usage_events e
      where e.recorded_at < now() - interval '400 days'
      order by e.recorded_at
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

create index usage_period_end_idx on public.usage (period_end);

create function private.forget_usage_periods() returns bigint
  language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
  with gone as (
    delete from public.usage where ctid = any (array(
      select u.ctid from public.usage u
      where u.period_end < (now() at time zone 'utc')::date - 400
      order by u.period_end
      limit 1000))
    returning 1
  )
  select count(*) from gone
$$;

revoke execute on function private.forget_sessions(), private.forget_idempotency_keys(), private.forget_payment_sweeps(),
  private.forget_notifications(), private.forget_notices(), private.forget_usage_events(), private.forget_usage_periods()
  from public;

grant execute on function private.forget_sessions(), private.forget_idempotency_keys(), private.forget_payment_sweeps(),
  private.forget_notifications(), private.forget_notices(), private.forget_usage_events(), private.forget_usage_periods()
  to tandem_reconcile;
