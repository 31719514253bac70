-- One Postgres role for each function, with only the grants its statements use; none bypasses row-level security.
-- They are made without a password: the operator sets one per stage (docs/deploy.md), the local runner sets its own.
-- Roles belong to the cluster, not to the database, so an existing one is kept.
do $$
declare
  service_role_name text;
begin
  foreach service_role_name in array array['tandem_auth', 'tandem_payment', 'tandem_reconcile', 'tandem_health'] loop
    if not exists (select from pg_roles where rolname = service_role_name) then
      execute format('create role %I login noinherit', service_role_name);
    end if;
    -- Nothing a function does takes longer; a stuck one must not hold locks.
    execute format('alter role %I set statement_timeout = %L', service_role_name, '5s');
    execute format('alter role %I set lock_timeout = %L', service_role_name, '2s');
    execute format('alter role %I set idle_in_transaction_session_timeout = %L', service_role_name, '10s');
  end loop;
end
$$;

-- What users may see through the Data API lives in public; the rest lives here, which the Data API does not expose.
create schema if not exists private;

revoke all on schema private from public;

grant usage on schema private to tandem_auth, tandem_payment, tandem_reconcile, tandem_health;

grant usage on schema public to tandem_auth, tandem_payment, tandem_reconcile, tandem_health;

comment on schema private is 'Not exposed by the Data API: facts, ledger, inbox, sessions, roles, audit.';
