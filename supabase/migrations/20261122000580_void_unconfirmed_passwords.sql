-- Whoever signs up gives a password before anybody has shown whose address it is. Where the address is spoken for once more
-- before it is confirmed, the password may be that of a stranger, who waits for the owner to confirm it: it counts for
-- nothing then, and whoever reads the mailbox chooses another (docs/adr/0025). Supabase Auth keeps the first one. SECURITY
-- DEFINER: it takes the password of one account that nobody has been in yet, so that no function needs to write auth.
create function private.void_unconfirmed_password(of_email text) returns void
  language sql volatile security definer set search_path = ''
as $$
  -- Empty, as that of an account without a password is.
  update auth.users set encrypted_password = '', updated_at = now()
  where email = of_email and is_sso_user = false and email_confirmed_at is null and encrypted_password <> ''
$$;

revoke execute on function private.void_unconfirmed_password(text) from public;

grant execute on function private.void_unconfirmed_password(text) to tandem_auth;
