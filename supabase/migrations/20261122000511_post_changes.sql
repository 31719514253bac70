-- Tells the product of recorded changes at once, by a webhook in the scheme of standardwebhooks.com: pg_net sends it once the
-- transaction is committed, and forgets it. A Supabase project has it and Vault; where one is missing nothing is posted, and
-- the sweep, which reads the table, is what delivers. Two secrets of Vault say where to and with which key (docs/changes.md):
-- `change_webhook_url` and `change_webhook_secret`, the latter as `whsec_<base64>`.
do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_net') then
    create extension if not exists pg_net with schema extensions;
  end if;
end
$$;

-- At most a hundred for one statement: nobody waits for what a bulk statement does, and the sweep takes the rest. Never fails
-- the transaction whose changes it posts. SECURITY DEFINER: reads a secret.
create function private.post_changes() returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  target text;
  secret text;
begin
  if to_regclass('vault.decrypted_secrets') is null
    or to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is null then
    return null;
  end if;
  select max(s.decrypted_secret) filter (where s.name = 'change_webhook_url'),
    max(s.decrypted_secret) filter (where s.name = 'change_webhook_secret')
  into target, secret
  from vault.decrypted_secrets s where s.name in ('change_webhook_url', 'change_webhook_secret');
  if target is null or secret is null then
    return null;
  end if;
  perform net.http_post(
    url := target,
    body := m.body,
    headers := jsonb_build_object(
      'content-type', 'application/json',
      'webhook-id', m.id,
      'webhook-timestamp', m.sent_at,
      'webhook-signature', 'v1,' || encode(
        -- pg_net sends the text of the jsonb value.
        extensions.hmac(
          convert_to(concat_ws('.', m.id, m.sent_at, m.body), 'UTF8'),
          decode(substr(secret, length('whsec_') + 1), 'base64'),
          'sha256'),
        'base64')),
    timeout_milliseconds := 5000)
  from (
    select a.id::text as id, floor(extract(epoch from clock_timestamp()))::bigint::text as sent_at,
      jsonb_build_object('type', 'change.recorded', 'timestamp', a.changed_at, 'data', jsonb_build_object('id', a.id)) as body
    from added a limit 100
  ) m;
  return null;
exception when others then
  -- Not its message, which could quote the secret.
  raise warning 'changes were recorded and not posted (%)', sqlstate;
  return null;
end
$$;

revoke execute on function private.post_changes() from public;

create trigger changes_posted after insert on private.changes
  referencing new table as added
  for each statement execute function private.post_changes();
