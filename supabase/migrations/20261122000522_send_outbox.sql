-- How mails of the outbox are sent, by the outbox function: it takes due ones under a claim, asks for the addresses of those it
-- has taken, notes each as `sending` before it hands it over, and what came of it afterwards.

-- Who handles a change may have to tell users of it.
grant execute on function private.notify(uuid, text, text, jsonb) to tandem_notification;

create index outbox_claim_idx on private.outbox (claim) where claim is not null and settled_at is null;

grant select (id, kind, data, state, attempts, due_at, claim, claimed_until, settled_at) on private.outbox to tandem_notification;

grant update (state, attempts, due_at, claim, claimed_until, error_code, message_id, settled_at)
  on private.outbox to tandem_notification;

grant delete on private.outbox to tandem_notification;

create policy "The outbox function finds mails" on private.outbox
  for select to tandem_notification using (true);

create policy "The outbox function notes what came of mails" on private.outbox
  for update to tandem_notification using (true) with check (true);

create policy "The outbox function forgets old mails" on private.outbox
  for delete to tandem_notification using (settled_at is not null);

-- To whom mails taken under a claim go, and in which language; none for an account that is deleted, banned, anonymous or has
-- not confirmed its address, nor where its user does not want such mails any more. SECURITY DEFINER: addresses of mails that
-- are about to be sent, so that no function needs to read auth.
create function private.mail_recipients(of_claim uuid) returns table (id uuid, email text, locale text)
  language sql stable security definer set search_path = ''
as $$
  select o.id, u.email::text, coalesce(q.locale, 'en')
  from private.outbox o
  join auth.users u on u.id = o.user_id
  join public.notification_kinds k on k.kind = o.kind
  left join public.user_preferences q on q.user_id = o.user_id
  left join lateral public.notification_choices(array[o.user_id]) c on c.kind = o.kind
  where o.claim = of_claim and o.settled_at is null and o.state = 'due' and u.email <> ''
    and u.email_confirmed_at is not null and u.deleted_at is null and not u.is_anonymous
    and (u.banned_until is null or u.banned_until <= now()) and coalesce(c.email, k.email)
$$;

revoke execute on function private.mail_recipients(uuid) from public;

grant execute on function private.mail_recipients(uuid) to tandem_notification;

-- The part of an account's export about notifications.
create function private.export_part_notifications(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select json_build_object(
    'notifications', coalesce((
      select json_agg(json_build_object('id', n.id, 'kind', n.kind, 'data', n.data, 'read_at', n.read_at,
        'created_at', n.created_at) order by n.created_at desc)
      from (select * from public.notifications own where own.user_id = of_user
            order by own.created_at desc, own.id desc limit 5000) n), '[]'),
    'choices', coalesce((
      select json_agg(json_build_object('kind', p.kind, 'in_app', p.in_app, 'email', p.email, 'updated_at', p.updated_at)
        order by p.kind)
      from public.notification_preferences p where p.user_id = of_user), '[]'),
    'told', coalesce((
      select json_agg(json_build_object('kind', t.kind, 'about', t.key, 'told_at', t.told_at) order by t.told_at desc)
      from (select * from private.notices own where own.user_id = of_user order by own.told_at desc limit 5000) t), '[]'),
    'mails', coalesce((
      select json_agg(json_build_object('kind', o.kind, 'data', o.data, 'state', o.state, 'created_at', o.created_at,
        'settled_at', o.settled_at) order by o.created_at desc)
      from (select * from private.outbox own where own.user_id = of_user order by own.created_at desc limit 5000) o), '[]'))
$$;

revoke execute on function private.export_part_notifications(uuid) from public;
