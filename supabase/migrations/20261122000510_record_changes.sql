-- Code of ours that reacts to changes in the database (docs/changes.md). A watched table has a trigger that writes one row
-- here for each row that changes, in the same transaction: what is committed is recorded, what is rolled back is not. A signed
-- webhook then tells the product at once; it may get lost, because the sweep finds whatever nobody has handled.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tandem_notification') then
    create role tandem_notification login noinherit;
  end if;
  alter role tandem_notification set statement_timeout = '5s';
  alter role tandem_notification set lock_timeout = '2s';
  alter role tandem_notification set idle_in_transaction_session_timeout = '10s';
end
$$;

grant usage on schema private to tandem_notification;

create table private.changes (
  id uuid primary key default gen_random_uuid(),
  -- As in code: `messages` for a table of public, `private.outbox` for another.
  table_name text not null,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  -- The primary key of the row, its values as texts: {"id": "..."}. Never more of the row: whoever handles the change reads it.
  key jsonb not null check (jsonb_typeof(key) = 'object'),
  changed_at timestamptz not null default now(),
  -- Set in the transaction that does what follows from the change, so that it is done once however often it is told.
  handled_at timestamptz,
  -- Begun, whether or not they came to an end.
  attempts integer not null default 0 check (attempts >= 0),
  -- From when the sweep puts it on the queue, unless it is handled by then.
  sweep_after timestamptz not null default now() + interval '2 minutes'
);

comment on table private.changes is 'Changes of watched tables, by id, until a few days after they were handled; the truth behind the webhook.';

create index changes_unhandled_idx on private.changes (sweep_after) where handled_at is null;

create index changes_handled_idx on private.changes (handled_at) where handled_at is not null;

alter table private.changes enable row level security;

grant select, delete on private.changes to tandem_notification;

grant update (handled_at, attempts, sweep_after) on private.changes to tandem_notification;

create policy "Who handles changes reads them" on private.changes
  for select to tandem_notification using (true);

create policy "Who handles changes notes how it went" on private.changes
  for update to tandem_notification using (true) with check (true);

create policy "The sweep forgets handled changes" on private.changes
  for delete to tandem_notification using (handled_at is not null);

-- Records the rows of one statement. The trigger names their transition table `changed`, and gives the columns of the primary
-- key as arguments. SECURITY DEFINER: who may change a watched table may not write here.
create function private.record_change() returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.changes (table_name, operation, key)
  select case tg_table_schema when 'public' then tg_table_name else tg_table_schema || '.' || tg_table_name end,
    tg_op,
    (select jsonb_object_agg(col, to_jsonb(r) ->> col) from unnest(tg_argv[0:]) as k(col))
  from changed r;
  return null;
end
$$;

revoke execute on function private.record_change() from public;
