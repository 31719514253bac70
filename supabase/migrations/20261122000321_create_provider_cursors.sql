-- How far the sweep has read each list of each provider, so that a run goes on where the one before it stopped.
create table private.provider_cursors (
  provider text not null check (provider in ('stripe', 'paypal')),
  -- events: what happened, hourly. movements: the statement of the balance, daily.
  list text not null check (list in ('events', 'movements')),
  -- Everything the provider listed before this moment is in.
  read_until timestamptz not null,
  -- The window being read, and the provider's mark of the last page of it that is in; null between windows.
  window_from timestamptz,
  window_until timestamptz,
  page_mark text check (length(page_mark) <= 2000),
  -- A run moves the cursor on top of what it read, so that two runs side by side cannot move it past a page that neither has.
  version bigint not null default 1,
  moved_at timestamptz not null default now(),
  primary key (provider, list),
  constraint provider_cursors_window check (
    (window_from is null and window_until is null and page_mark is null)
    or (window_from is not null and window_until >= window_from))
);

comment on table private.provider_cursors is 'How far each list of each provider has been read.';

create function private.keep_cursor_going_forward() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  if new.read_until < old.read_until then
    raise exception 'a cursor never goes back' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

revoke all on function private.keep_cursor_going_forward() from public;

create trigger provider_cursors_go_forward before update on private.provider_cursors
  for each row execute function private.keep_cursor_going_forward();

grant select, insert, update on private.provider_cursors to tandem_reconcile;
