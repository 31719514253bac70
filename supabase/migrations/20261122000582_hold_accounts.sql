-- Keeps an account as it is until the transaction ends, and answers its address; no row where there is none. Whoever opens a session
-- holds its account first, as private.delete_account does, so that the two neither fail nor lock each other out, and no address
-- is written to a profile that was changed meanwhile. SECURITY DEFINER: one address, so that no function needs to read auth.
create function private.hold_account(of_user uuid) returns table (id uuid, email text)
  language sql volatile security definer set search_path = ''
as $$
  select u.id, left(u.email, 320) from auth.users u where u.id = of_user for no key update
$$;

revoke execute on function private.hold_account(uuid) from public;

grant execute on function private.hold_account(uuid) to tandem_auth;
