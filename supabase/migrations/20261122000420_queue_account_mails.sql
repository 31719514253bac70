-- Nobody learns from an answer, or from how long it took, whether an address has an account (docs/enumeration.md). Whatever
-- depends on the account is done behind the answer: the route writes one row here, the same for everybody, and puts its id on
-- a queue; the mail function does the rest.
create table private.pending_mails (
  id uuid primary key,
  -- What to do for whom, encrypted (AES-256-GCM) with a key that the database does not have: it holds addresses, and a new
  -- account's password. The first byte is the format, the next eight name the key.
  sealed bytea not null check (octet_length(sealed) between 40 and 65536),
  -- Nobody waits for a mail that comes later than this.
  expires_at timestamptz not null,
  -- Until when the process that works on it keeps others off.
  claimed_until timestamptz
);

comment on table private.pending_mails is 'What routes of accounts have promised and the mail function has not done yet; minutes at most.';

create index pending_mails_expiry_idx on private.pending_mails (expires_at);

alter table private.pending_mails enable row level security;

grant select, insert, delete on private.pending_mails to tandem_auth;

grant update (claimed_until) on private.pending_mails to tandem_auth;

create policy "The auth service finds what it has promised" on private.pending_mails
  for select to tandem_auth using (true);

create policy "The auth service promises" on private.pending_mails
  for insert to tandem_auth with check (claimed_until is null);

create policy "The auth service works on promises" on private.pending_mails
  for update to tandem_auth using (true) with check (true);

create policy "The auth service forgets what is done" on private.pending_mails
  for delete to tandem_auth using (true);

-- How far an address has come: `absent`, `unconfirmed` or `confirmed`. For the mail function alone: no answer may depend on it.
-- SECURITY DEFINER: one word about one address, so that no function needs to read auth.
create function private.account_state(of_email text) returns text
  language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select case when u.email_confirmed_at is null then 'unconfirmed' else 'confirmed' end
    from auth.users u where u.email = of_email and u.is_sso_user = false
  ), 'absent')
$$;

revoke execute on function private.account_state(text) from public;

grant execute on function private.account_state(text) to tandem_auth;

-- Whether Supabase Auth would compare the password of an account. It does not for one that is absent, has no password, or is
-- banned or not confirmed (in which order it looks differs), and answers faster then. Sign-in asks it about the account below
-- instead, so that it always compares one. SECURITY DEFINER as above.
create function private.compares_password(of_email text) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from auth.users u
    where u.email = of_email and u.is_sso_user = false and u.deleted_at is null and u.encrypted_password <> ''
      and u.email_confirmed_at is not null and (u.banned_until is null or u.banned_until <= now())
  )
$$;

revoke execute on function private.compares_password(text) from public;

grant execute on function private.compares_password(text) to tandem_auth;

-- The account that stands in for all others. Its bcrypt hash is random characters, of the cost that Supabase Auth uses (10):
-- nobody has ever had a password for it, and the whole space holds about one by chance. `.invalid` receives no mail (RFC 2606).
do $$
declare
  digits constant text := './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  bytes bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid());
  hash text := '';
  decoy uuid := gen_random_uuid();
begin
  for place in 0..52 loop
    -- The last digit of a salt and of a digest holds only some of its bits.
    hash := hash || case place when 21 then 'O' when 52 then 'a'
      else substr(digits, get_byte(bytes, place) % 64 + 1, 1) end;
  end loop;
  insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, created_at, updated_at,
    raw_app_meta_data, raw_user_meta_data)
  values (decoy, 'authenticated', 'authenticated', 'nobody@tandem.invalid', '$2a$10$' || hash, now(), now(), now(),
    '{"provider":"email","providers":["email"]}', '{}');
  -- A project of Supabase looks for its instance, and reads empty texts where the embedded one reads nulls.
  if exists (
    select from information_schema.columns
    where table_schema = 'auth' and table_name = 'users' and column_name = 'instance_id'
  ) then
    execute $sql$
      update auth.users set instance_id = '00000000-0000-0000-0000-000000000000', confirmation_token = '',
        recovery_token = '', email_change = '', email_change_token_new = '', email_change_token_current = '',
        reauthentication_token = '', phone_change = '', phone_change_token = ''
      where id = $1 $sql$ using decoy;
  end if;
  -- It is nobody: no list of people shows it.
  delete from public.user_preferences where user_id = decoy;
  delete from public.user_profiles where id = decoy;
end
$$;
