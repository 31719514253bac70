-- What people with a role did: one line for each action, written in the transaction of what it did, or before what cannot be
-- undone. Never changed, never removed, not even with the account of who did it.
create table private.audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- A user of Supabase Auth; no reference, because the line outlives the account.
  actor_id uuid not null,
  actor_role text not null check (actor_role in ('support', 'admin')),
  -- What was done, as service.verb: events.replay, reviews.dismiss.
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  -- To what: stripe:evt_1, a payment's id, a queue.
  target text not null check (length(target) between 1 and 300),
  before json,
  after json,
  -- The request's id at the gateway, as in the logs and in the answer's problem.
  request_id text not null
);

comment on table private.audit_log is 'Append-only: who did what to what, with the state before and after.';

create index audit_log_target_idx on private.audit_log (target, at);

create index audit_log_actor_idx on private.audit_log (actor_id, at);

-- To write lines, not to read them.
grant insert on private.audit_log to tandem_payment;

create trigger audit_log_append_only before update or delete on private.audit_log
  for each row execute function private.refuse_change();

create trigger audit_log_no_truncate before truncate on private.audit_log
  for each statement execute function private.refuse_change();
