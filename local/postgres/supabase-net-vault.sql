-- pg_net and Vault, as far as migrations use them. The embedded Postgres has neither extension: here the same names are a
-- queue, whose requests local/pg-net sends, and a table in plain text. Source: github.com/supabase/pg_net, docs/api.md, and
-- supabase.com/docs/guides/database/vault.
create schema if not exists net;
grant usage on schema net to postgres;

-- Unlogged, as there: what is in it when the server crashes is lost.
create unlogged table if not exists net.http_request_queue (
  id bigserial primary key,
  method text not null,
  url text not null,
  headers jsonb not null,
  body bytea,
  timeout_milliseconds integer not null
);

create or replace function net.http_post(
  url text,
  body jsonb default '{}',
  params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('POST', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
  returning http_request_queue.id into request_id;
  perform pg_notify('net_requests', '');
  return request_id;
end
$$;

revoke execute on function net.http_post(text, jsonb, jsonb, jsonb, integer) from public;
grant execute on function net.http_post(text, jsonb, jsonb, jsonb, integer) to postgres;

create schema if not exists vault;
grant usage on schema vault to postgres;

create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text unique,
  description text not null default '',
  secret text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create or replace view vault.decrypted_secrets as
  select id, name, description, secret, secret as decrypted_secret, created_at, updated_at from vault.secrets;

grant select on vault.decrypted_secrets to postgres;

create or replace function vault.create_secret(new_secret text, new_name text default null, new_description text default '')
  returns uuid
  language sql volatile security definer set search_path = ''
as $$
  insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description) returning id
$$;

create or replace function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null
) returns void
  language sql volatile security definer set search_path = ''
as $$
  update vault.secrets
  set secret = coalesce(new_secret, secret), name = coalesce(new_name, name),
    description = coalesce(new_description, description), updated_at = now()
  where id = secret_id
$$;

revoke execute on function vault.create_secret(text, text, text), vault.update_secret(uuid, text, text, text) from public;
grant execute on function vault.create_secret(text, text, text), vault.update_secret(uuid, text, text, text) to postgres;
