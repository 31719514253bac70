-- The part of an account's export about the days on which a session of it was used. Until the account is deleted they are its
-- own; afterwards they are nobody's (keep_figures_of_account).
create function private.export_part_active_days(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(a.day order by a.day desc), '[]') from private.active_days a where a.user_id = of_user
$$;

revoke execute on function private.export_part_active_days(uuid) from public;
