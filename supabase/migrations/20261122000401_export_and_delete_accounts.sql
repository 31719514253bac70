-- What the right of access and the right to erasure ask for, as two functions. SECURITY DEFINER: the auth service may read
-- and delete exactly one account as a whole, and needs no grant on payments, facts or auth for it. A migration that adds
-- a table of personal data replaces export_account; rows that hang on auth.users by `on delete cascade` go by themselves.

-- Why an account cannot be deleted yet, as codes; empty when it can. Subscriptions will add theirs here.
create function private.account_blockers(of_user uuid) returns text[]
  language sql stable security definer set search_path = ''
as $$
  select array[]::text[] where of_user is not null
$$;

revoke execute on function private.account_blockers(uuid) from public;

grant execute on function private.account_blockers(uuid) to tandem_auth;

-- Deletes an account with its sessions, profile and preferences, and answers why not where something is in the way. Payments,
-- facts and ledger stay, without a user: the books outlive the account. Locks the account first, so that nothing can come
-- in the way between the question and the deed.
create function private.delete_account(of_user uuid) returns text[]
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  blockers text[];
begin
  perform from auth.users where id = of_user for update;
  blockers := private.account_blockers(of_user);
  if cardinality(blockers) = 0 then
    -- Answers kept for a repeated key may name the user; nothing else would remove them before their day is over.
    delete from private.idempotency_keys where user_id = of_user;
    delete from auth.users where id = of_user;
  end if;
  return blockers;
end
$$;

revoke execute on function private.delete_account(uuid) from public;

grant execute on function private.delete_account(uuid) to tandem_auth;

-- Everything kept about a user, in the words of the API; no hash, no token. Null where there is no such account. The newest
-- 5,000 payments: an answer of a function has an end.
create function private.export_account(of_user uuid) returns json
  language sql stable security definer set search_path = ''
as $$
  select json_build_object(
    'account', json_build_object(
      'id', u.id, 'email', u.email, 'created_at', u.created_at, 'email_confirmed_at', u.email_confirmed_at,
      'last_sign_in_at', u.last_sign_in_at,
      'role', coalesce((select r.role from private.roles r where r.user_id = u.id), 'user')),
    'identities', coalesce((
      select json_agg(json_build_object('provider', i.provider, 'email', i.email, 'created_at', i.created_at)
        order by i.created_at)
      from auth.identities i where i.user_id = u.id), '[]'),
    'profile', (
      select json_build_object('name', p.name, 'email', p.email, 'avatar_url', p.avatar_url, 'metadata', p.metadata,
        'created_at', p.created_at, 'updated_at', p.updated_at)
      from public.user_profiles p where p.id = u.id),
    'preferences', (
      select json_build_object('locale', q.locale, 'theme', q.theme, 'timezone', q.timezone,
        'email_receipts', q.email_receipts, 'email_subscription_reminders', q.email_subscription_reminders,
        'email_product_news', q.email_product_news, 'updated_at', q.updated_at)
      from public.user_preferences q where q.user_id = u.id),
    'sessions', coalesce((
      select json_agg(json_build_object('id', s.id, 'opened_by', s.opened_by, 'created_at', s.created_at,
        'last_used_at', s.last_used_at, 'ended_at', s.ended_at, 'ended_because', s.ended_because,
        'user_agent', s.user_agent, 'address', host(s.address)) order by s.created_at)
      from private.sessions s where s.user_id = u.id), '[]'),
    'payments', coalesce((
      select json_agg(json_build_object('id', p.id, 'provider', p.provider, 'provider_ref', p.provider_ref,
        'price', p.price_id, 'description', p.description, 'currency', p.currency, 'amount', p.amount_minor,
        'captured_amount', p.captured_minor, 'refunded_amount', p.refunded_minor, 'status', p.status,
        'created_at', p.created_at, 'updated_at', p.updated_at,
        'facts', coalesce((
          select json_agg(json_build_object('kind', f.kind, 'object_id', f.object_id, 'status', f.status,
            'currency', f.currency, 'amount', f.amount_minor, 'recorded_at', f.recorded_at) order by f.recorded_at)
          from private.payment_facts f where f.payment_id = p.id), '[]')) order by p.created_at desc)
      from (
        select * from public.payments own where own.user_id = u.id
        order by own.created_at desc, own.id desc limit 5000
      ) p), '[]'))
  from auth.users u where u.id = of_user
$$;

revoke execute on function private.export_account(uuid) from public;

grant execute on function private.export_account(uuid) to tandem_auth;
