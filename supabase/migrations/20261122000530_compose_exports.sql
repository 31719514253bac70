-- An account's export is put together from parts, so that a migration with personal data adds a part and touches no other:
-- `private.export_part_<name>(of_user uuid) returns json` becomes the member `<name>`.
alter function private.export_account(uuid) rename to export_account_core;

revoke execute on function private.export_account_core(uuid) from tandem_auth;

-- Everything kept about a user, in the words of the API; null where there is no such account. SECURITY DEFINER as before: the
-- auth service may read one account as a whole. Only the owner can make functions in private, so the names are ours.
create function private.export_account(of_user uuid) returns json
  language plpgsql stable security definer set search_path = ''
as $$
declare
  whole jsonb := private.export_account_core(of_user);
  part text;
  content jsonb;
begin
  if whole is null then
    return null;
  end if;
  for part in
    select p.proname from pg_catalog.pg_proc p
    where p.pronamespace = 'private'::regnamespace and p.proname like 'export\_part\_%' order by p.proname
  loop
    execute format('select private.%I($1)::jsonb', part) into content using of_user;
    whole := whole || jsonb_build_object(substr(part, length('export_part_') + 1), content);
  end loop;
  return whole;
end
$$;

grant execute on function private.export_account(uuid) to tandem_auth;
