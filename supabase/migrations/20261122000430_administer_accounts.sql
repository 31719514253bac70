-- What people with a role may do to accounts through the auth service: see them, end their sessions, ban them, give and take
-- roles. The tables stay closed to it: it calls these functions, which hold the rules that must not depend on its code.

-- The audit log names who acted on the command line, too: not a user of ours, but of the operating system.
alter table private.audit_log
  alter column actor_id drop not null,
  alter column request_id drop not null,
  add column actor_name text check (length(actor_name) between 1 and 100),
  drop constraint audit_log_actor_role_check,
  add constraint audit_log_actor_role_check check (actor_role in ('support', 'admin', 'command_line')),
  add constraint audit_log_names_an_actor check (
    case when actor_role = 'command_line' then actor_name is not null and actor_id is null and request_id is null
    else actor_name is null and actor_id is not null and request_id is not null end);

comment on column private.audit_log.actor_name is 'The operating-system user of `npm run admin`; null for requests.';

create index audit_log_action_idx on private.audit_log (action, id);

alter table private.audit_log enable row level security;

-- Not the time, which the database says, and not actor_name: no function can write in the name of the command line.
revoke insert on private.audit_log from tandem_payment;

grant insert (actor_id, actor_role, action, target, before, after, request_id)
  on private.audit_log to tandem_payment, tandem_auth;

-- For GET /api/auth/audit-log.
grant select on private.audit_log to tandem_auth;

create policy "Functions with back office routes write lines" on private.audit_log
  for insert to tandem_payment, tandem_auth with check (actor_id is not null);

create policy "The auth service shows the log to admins" on private.audit_log
  for select to tandem_auth using (true);

alter table private.sessions
  drop constraint sessions_ended_because_check,
  add constraint sessions_ended_because_check check (ended_because in
    ('signed_out', 'ended_by_user', 'password_changed', 'token_reused', 'ended_by_operator'));

-- What the back office orders and searches by.
create index user_profiles_created_idx on public.user_profiles (created_at desc, id desc);

create index user_profiles_email_prefix_idx on public.user_profiles (email text_pattern_ops);

-- What Supabase Auth knows of accounts, without secrets. SECURITY DEFINER: these columns of the accounts named, so that no
-- function needs to read auth.
create function private.account_standing(of_users uuid[])
  returns table (id uuid, last_sign_in_at timestamptz, email_confirmed_at timestamptz, banned_until timestamptz)
  language sql stable security definer set search_path = ''
as $$
  select u.id, u.last_sign_in_at, u.email_confirmed_at, u.banned_until
  from auth.users u where u.id = any (of_users) and u.deleted_at is null
$$;

revoke execute on function private.account_standing(uuid[]) from public;

grant execute on function private.account_standing(uuid[]) to tandem_auth;

-- What an account has paid, in each currency. SECURITY DEFINER: sums of one account, so that the auth service needs no grant
-- on payments.
create function private.account_payment_sums(of_user uuid)
  returns table (currency text, payments bigint, captured_minor bigint, refunded_minor bigint, reversed_minor bigint)
  language sql stable security definer set search_path = ''
as $$
  select p.currency, count(*), sum(p.captured_minor)::bigint, sum(p.refunded_minor)::bigint, sum(p.reversed_minor)::bigint
  from public.payments p where p.user_id = of_user
  group by p.currency order by p.currency
$$;

revoke execute on function private.account_payment_sums(uuid) from public;

grant execute on function private.account_payment_sums(uuid) to tandem_auth;

-- Whether somebody is an admin who may act, and keeps all admins from changing until the transaction ends: two who take the
-- role from each other at the same moment do so one after the other, and the second is none any more. For the functions below.
create function private.lock_admins(actor uuid) returns boolean
  language plpgsql volatile set search_path = ''
as $$
begin
  perform from private.roles r where r.role = 'admin' order by r.user_id for update;
  return exists (
    select from private.roles r join auth.users u on u.id = r.user_id
    where r.user_id = actor and r.role = 'admin' and (u.banned_until is null or u.banned_until <= now())
  );
end
$$;

revoke execute on function private.lock_admins(uuid) from public;

-- Gives an account a role, or takes it with null. Answers `changed`, `unchanged`, `absent`, `own_account` or `forbidden`, and
-- the role before. Whoever may change roles is an admin and keeps that, so one admin is always left. SECURITY DEFINER: a
-- function may not write roles, but ask for a change in the name of an admin.
create function private.set_role(actor uuid, of_user uuid, wanted text) returns table (outcome text, was text)
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.lock_admins(actor) then
    return query select 'forbidden', null::text;
    return;
  end if;
  perform from auth.users u where u.id = of_user and u.deleted_at is null for key share;
  if not found then
    return query select 'absent', null::text;
    return;
  end if;
  if of_user = actor then
    return query select 'own_account', null::text;
    return;
  end if;
  select r.role into was from private.roles r where r.user_id = of_user for update;
  if was is not distinct from wanted then
    return query select 'unchanged', was;
    return;
  end if;
  if wanted is null then
    delete from private.roles r where r.user_id = of_user;
  else
    insert into private.roles (user_id, role, granted_by) values (of_user, wanted, actor)
    on conflict (user_id) do update set role = wanted, granted_by = actor, granted_at = now();
  end if;
  return query select 'changed', was;
end
$$;

revoke execute on function private.set_role(uuid, uuid, text) from public;

grant execute on function private.set_role(uuid, uuid, text) to tandem_auth;

-- Bans an account until a moment, or lifts the ban with null, where Supabase Auth itself looks: at sign-in, at refresh, and in
-- supabase_session_lives. Answers as set_role does. SECURITY DEFINER: it writes that one column, in the name of an admin.
create function private.set_ban(actor uuid, of_user uuid, until timestamptz) returns table (outcome text, was timestamptz)
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.lock_admins(actor) then
    return query select 'forbidden', null::timestamptz;
    return;
  end if;
  select u.banned_until into was from auth.users u where u.id = of_user and u.deleted_at is null for update;
  if not found then
    return query select 'absent', null::timestamptz;
    return;
  end if;
  if of_user = actor then
    return query select 'own_account', null::timestamptz;
    return;
  end if;
  if was is not distinct from until then
    return query select 'unchanged', was;
    return;
  end if;
  update auth.users u set banned_until = until, updated_at = now() where u.id = of_user;
  return query select 'changed', was;
end
$$;

revoke execute on function private.set_ban(uuid, uuid, timestamptz) from public;

grant execute on function private.set_ban(uuid, uuid, timestamptz) to tandem_auth;

comment on table private.roles is
  'Support and admin accounts; everybody else is a user. Written by private.set_role and by `npm run admin`.';
