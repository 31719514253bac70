-- Who may do more than a user. The only place a role comes from: never a token, never metadata. Written by the owner alone
-- (the admin command); no function may grant.
create table private.roles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  role text not null check (role in ('support', 'admin')),
  -- Null: granted on the command line.
  granted_by uuid references auth.users (id) on delete set null,
  granted_at timestamptz not null default now()
);

comment on table private.roles is 'Support and admin accounts; everybody else is a user.';

create index roles_granted_by_idx on private.roles (granted_by) where granted_by is not null;

alter table private.roles enable row level security;

grant select (user_id, role) on private.roles to tandem_auth, tandem_payment;

create policy "Functions that identify callers read roles" on private.roles
  for select to tandem_auth, tandem_payment using (true);
