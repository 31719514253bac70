-- Makes profile and preferences with the account, whichever way it signs up, and follows a changed address. Runs inside
-- Supabase Auth's own transaction, so it must never fail it: what the user sent is cut to fit, and anything unforeseen is
-- a warning in the log (sign-in makes a missing row). SECURITY DEFINER because Supabase Auth's role may not write here.
create function private.copy_account_to_profile() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  sent jsonb := '{}';
  own jsonb;
begin
  begin
    -- The embedded Supabase stores the object as JSON text inside a JSON string.
    sent := case jsonb_typeof(new.raw_user_meta_data)
      when 'object' then new.raw_user_meta_data
      when 'string' then (new.raw_user_meta_data #>> '{}')::jsonb
    end;
  exception when others then
    sent := '{}';
  end;
  if jsonb_typeof(sent) is distinct from 'object' then
    sent := '{}';
  end if;
  -- Told by Supabase Auth or held in columns: not the user's own metadata.
  own := sent - array['name', 'full_name', 'avatar_url', 'picture', 'sub', 'iss', 'provider_id', 'email',
    'email_verified', 'phone_verified'];

  insert into public.user_profiles (id, email, name, avatar_url, metadata)
  values (
    new.id,
    left(new.email, 320),
    left(coalesce(nullif(btrim(sent ->> 'name'), ''), btrim(sent ->> 'full_name'), ''), 120),
    case when sent ->> 'avatar_url' ~ '^https://' and length(sent ->> 'avatar_url') <= 2048 then sent ->> 'avatar_url' end,
    case when length(own::text) <= 65536 then own else '{}' end
  )
  on conflict (id) do update set email = excluded.email;

  insert into public.user_preferences (user_id) values (new.id) on conflict (user_id) do nothing;
  return null;
exception when others then
  -- The condition only: messages quote values.
  raise warning 'no profile made for account %: %', new.id, sqlstate;
  return null;
end
$$;

revoke execute on function private.copy_account_to_profile() from public;

create trigger tandem_copy_account_to_profile after insert or update of email on auth.users
  for each row execute function private.copy_account_to_profile();

-- Accounts older than this migration.
insert into public.user_profiles (id, email)
  select id, left(email, 320) from auth.users
  on conflict (id) do nothing;

insert into public.user_preferences (user_id)
  select id from auth.users
  on conflict (user_id) do nothing;
