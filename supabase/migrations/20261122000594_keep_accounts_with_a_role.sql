-- As before; and an account with a role stays until that is taken, by another admin or on the command line. Deleting itself it would
-- lose the role without a line in the audit log, and the last admin would leave none behind.
create or replace function private.account_blockers(of_user uuid) returns text[]
  language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select array_remove(array[
    case when exists (
      select from public.subscriptions s
      where s.user_id = of_user and s.provider <> 'manual' and s.status not in ('canceled', 'incomplete_expired')
        and not s.cancel_at_period_end
    ) then 'subscription_open' end,
    case when exists (select from private.roles r where r.user_id = of_user) then 'role_held' end
  ], null)
$$;
