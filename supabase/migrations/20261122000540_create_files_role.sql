-- The role of the files service and its inspection: made as the others are (docs/deploy.md sets its password).
do $$
begin
  if not exists (select from pg_roles where rolname = 'tandem_files') then
    create role tandem_files login noinherit;
  end if;
  execute format('alter role tandem_files set statement_timeout = %L', '5s');
  execute format('alter role tandem_files set lock_timeout = %L', '2s');
  execute format('alter role tandem_files set idle_in_transaction_session_timeout = %L', '10s');
end
$$;

grant usage on schema private, public to tandem_files;

-- What it takes to identify a caller, as the payment service does.
grant select (user_id, role) on private.roles to tandem_files;

create policy "The files service reads roles" on private.roles
  for select to tandem_files using (true);

grant select (id, user_id, token_hash, supabase_session_id, last_used_at, idle_expires_at, absolute_expires_at, ended_at)
  on private.sessions to tandem_files;

grant update (last_used_at, idle_expires_at) on private.sessions to tandem_files;

create policy "The files service reads sessions" on private.sessions
  for select to tandem_files using (true);

create policy "The files service uses live sessions" on private.sessions
  for update to tandem_files using (ended_at is null) with check (ended_at is null);

grant select (token_hash, session_id, retired_at) on private.session_tokens to tandem_files;

create policy "The files service recognises retired tokens" on private.session_tokens
  for select to tandem_files using (true);

grant execute on function
  private.supabase_session_lives(uuid, uuid),
  private.end_reused_session(bytea, timestamptz, timestamptz),
  private.second_factor_missing(uuid, uuid),
  private.take_from_limit(text, integer, bigint, bigint)
  to tandem_files;

-- An upload that is asked for again with the same key is the same upload. Its link is made anew, so no answer is kept.
grant select (user_id, route, key, request_hash, resource_id, created_at), insert (user_id, route, key, request_hash, resource_id)
  on private.idempotency_keys to tandem_files;

grant delete on private.idempotency_keys to tandem_files;

create policy "The files service finds its keys" on private.idempotency_keys
  for select to tandem_files using (route = 'create-upload');

create policy "The files service claims keys" on private.idempotency_keys
  for insert to tandem_files with check (route = 'create-upload');

create policy "The files service forgets its keys" on private.idempotency_keys
  for delete to tandem_files using (route = 'create-upload');
