-- An export of an account was one document with the newest 5,000 rows of each list: too large for the answer of a function (6 MB)
-- where somebody wrote much, and not all there is. Now it comes in pages of so many bytes. A list is a view, so that a migration
-- with personal data adds one and touches no other: `exports.<list>` with user_id, at and id (which order it, newest first, and
-- tell its rows apart) and item, which becomes an element of the member `<list>`.
create schema exports;

comment on schema exports is 'Not exposed by the Data API, and the owner''s alone: what an export of an account lists.';

create view exports.identities with (security_invoker = true) as
select i.user_id, i.created_at as at, i.provider || ':' || md5(i.provider_id) as id,
  jsonb_build_object('provider', i.provider, 'email', i.email, 'created_at', i.created_at) as item
from auth.identities i;

create view exports.sessions with (security_invoker = true) as
select s.user_id, s.created_at as at, s.id::text as id,
  jsonb_build_object('id', s.id, 'opened_by', s.opened_by, 'created_at', s.created_at, 'last_used_at', s.last_used_at,
    'ended_at', s.ended_at, 'ended_because', s.ended_because, 'user_agent', s.user_agent, 'address', host(s.address)) as item
from private.sessions s;

create view exports.payments with (security_invoker = true) as
select p.user_id, p.created_at as at, p.id::text as id,
  jsonb_build_object('id', p.id, 'provider', p.provider, 'provider_ref', p.provider_ref, 'price', p.price_id,
    'description', p.description, 'currency', p.currency, 'amount', p.amount_minor, 'captured_amount', p.captured_minor,
    'refunded_amount', p.refunded_minor, 'status', p.status, 'created_at', p.created_at, 'updated_at', p.updated_at,
    'facts', coalesce((
      select jsonb_agg(jsonb_build_object('kind', f.kind, 'object_id', f.object_id, 'status', f.status, 'currency', f.currency,
        'amount', f.amount_minor, 'recorded_at', f.recorded_at) order by f.recorded_at)
      from private.payment_facts f where f.payment_id = p.id), '[]')) as item
from public.payments p;

create view exports.messages with (security_invoker = true) as
select m.sender_id as user_id, m.created_at as at, m.id::text as id,
  jsonb_build_object('id', m.id, 'conversation_id', m.conversation_id, 'body', m.body,
    'attachment_file_id', m.attachment_file_id, 'created_at', m.created_at, 'edited_at', m.edited_at,
    'deleted_at', m.deleted_at) as item
from public.messages m;

-- What messages said before they were edited.
create view exports.message_edits with (security_invoker = true) as
select m.sender_id as user_id, e.replaced_at as at, e.message_id::text as id,
  jsonb_build_object('message_id', e.message_id, 'body', e.body, 'replaced_at', e.replaced_at) as item
from private.message_edits e join public.messages m on m.id = e.message_id;

create view exports.conversations with (security_invoker = true) as
select m.user_id, m.joined_at as at, m.id::text as id,
  jsonb_build_object('id', c.id, 'title', c.title, 'is_pair', c.is_pair, 'role', m.role, 'joined_at', m.joined_at,
    'last_read_position', m.last_read_position, 'read_at', m.read_at) as item
from public.conversation_members m join public.conversations c on c.id = m.conversation_id;

create view exports.blocks with (security_invoker = true) as
select b.user_id, b.created_at as at, b.blocked_id::text as id,
  jsonb_build_object('user_id', b.blocked_id, 'created_at', b.created_at) as item
from public.user_blocks b;

create view exports.files with (security_invoker = true) as
select f.user_id, f.created_at as at, f.id::text as id,
  jsonb_build_object('id', f.id, 'purpose', f.purpose, 'name', f.name, 'declared_type', f.declared_type, 'type', f.type,
    'size', f.size_bytes, 'status', f.status, 'reason', f.reason, 'sha256', f.sha256, 'width', f.width, 'height', f.height,
    'created_at', f.created_at, 'decided_at', f.decided_at) as item
from public.files f;

create view exports.subscriptions with (security_invoker = true) as
select s.user_id, s.created_at as at, s.id::text as id,
  jsonb_build_object('id', s.id, 'plan', s.plan, 'status', s.status, 'provider', s.provider,
    'provider_subscription_id', s.provider_subscription_id, 'current_period_start', s.current_period_start,
    'current_period_end', s.current_period_end, 'cancel_at_period_end', s.cancel_at_period_end,
    'created_at', s.created_at, 'updated_at', s.updated_at) as item
from public.subscriptions s;

create view exports.notifications with (security_invoker = true) as
select n.user_id, n.created_at as at, n.id::text as id,
  jsonb_build_object('id', n.id, 'kind', n.kind, 'data', n.data, 'read_at', n.read_at, 'created_at', n.created_at) as item
from public.notifications n;

create view exports.notification_choices with (security_invoker = true) as
select p.user_id, p.updated_at as at, p.kind as id,
  jsonb_build_object('kind', p.kind, 'in_app', p.in_app, 'email', p.email, 'updated_at', p.updated_at) as item
from public.notification_preferences p;

-- What is remembered of notifications, so that none is sent twice.
create view exports.notices with (security_invoker = true) as
select t.user_id, t.told_at as at, md5(t.kind || ' ' || t.key) as id,
  jsonb_build_object('kind', t.kind, 'about', t.key, 'told_at', t.told_at) as item
from private.notices t;

create view exports.mails with (security_invoker = true) as
select o.user_id, o.created_at as at, o.id::text as id,
  jsonb_build_object('kind', o.kind, 'data', o.data, 'state', o.state, 'created_at', o.created_at,
    'settled_at', o.settled_at) as item
from private.outbox o;

create view exports.active_days with (security_invoker = true) as
select a.user_id, a.day::timestamp at time zone 'utc' as at, 'day' as id, to_jsonb(a.day) as item
from private.active_days a;

create view exports.usage_days with (security_invoker = true) as
select d.user_id, d.day::timestamp at time zone 'utc' as at, d.meter as id,
  jsonb_build_object('meter', d.meter, 'day', d.day, 'quantity', d.quantity, 'events', d.events) as item
from public.usage_days d;

create view exports.usage_events with (security_invoker = true) as
select e.user_id, e.used_at as at, md5(e.key) as id,
  jsonb_build_object('meter', e.meter, 'quantity', e.quantity, 'key', e.key, 'used_at', e.used_at,
    'recorded_at', e.recorded_at) as item
from private.usage_events e;

drop function private.export_account(uuid), private.export_account_core(uuid), private.export_part_avatar(uuid),
  private.export_part_blocks(uuid), private.export_part_conversations(uuid),
  private.export_part_files(uuid), private.export_part_messages(uuid), private.export_part_notifications(uuid),
  private.export_part_subscriptions(uuid), private.export_part_usage(uuid);

-- A page of everything kept about a user, in the words of the API; no hash, no token. Null where there is no such account. `account`,
-- `profile` and `preferences` are on every page, the lists go on, in the order of their names, after the row that `from_list`,
-- `before` and `before_id` name, until the items come to `max_bytes`; `next` names the last one given, and is null on the last page.
-- Amounts are minor units. SECURITY DEFINER: the auth service may read one account as a whole, and needs no grant on what is beneath.
create function private.export_account(of_user uuid, from_list text, before timestamptz, before_id text, max_bytes integer)
  returns json
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
  -- Rows that are looked for at a time.
  step constant integer := 500;
  whole jsonb;
  list text;
  items jsonb[];
  found record;
  seen integer;
  given_at timestamptz;
  given_id text;
  room integer := max_bytes;
  next json;
begin
  select jsonb_build_object(
    'account', jsonb_build_object(
      'id', u.id, 'email', u.email, 'created_at', u.created_at, 'email_confirmed_at', u.email_confirmed_at,
      'last_sign_in_at', u.last_sign_in_at,
      'role', coalesce((select r.role from private.roles r where r.user_id = u.id), 'user')),
    'profile', (
      select jsonb_build_object('name', p.name, 'email', p.email, 'avatar_url', p.avatar_url,
        'avatar_file_id', p.avatar_file_id, 'metadata', p.metadata, 'created_at', p.created_at, 'updated_at', p.updated_at)
      from public.user_profiles p where p.id = u.id),
    'preferences', (
      select jsonb_build_object('locale', q.locale, 'theme', q.theme, 'timezone', q.timezone,
        'email_receipts', q.email_receipts, 'email_subscription_reminders', q.email_subscription_reminders,
        'email_product_news', q.email_product_news, 'updated_at', q.updated_at)
      from public.user_preferences q where q.user_id = u.id))
  into whole
  from auth.users u where u.id = of_user;

  for list in
    select c.relname from pg_catalog.pg_class c
    where c.relnamespace = 'exports'::regnamespace and c.relkind = 'v' and whole is not null
    order by c.relname collate "C"
  loop
    items := '{}';
    if next is null and (from_list is null or list collate "C" >= from_list) then
      given_at := case when list = from_list then before else 'infinity' end;
      given_id := case when list = from_list then before_id else '' end;
      loop
        seen := 0;
        for found in
          execute format(
            'select e.at, e.id, e.item from exports.%I e
             where e.user_id = $1 and e.at <= $2 and (e.at, e.id collate "C") < ($2, $3)
             order by e.at desc, e.id collate "C" desc limit $4', list)
          using of_user, given_at, given_id, step
        loop
          -- One at least, however large: no page stands still.
          if room < octet_length(found.item::text) and room < max_bytes then
            next := json_build_object('list', list, 'at', given_at, 'id', given_id);
            exit;
          end if;
          seen := seen + 1;
          room := room - octet_length(found.item::text);
          items := array_append(items, found.item);
          given_at := found.at;
          given_id := found.id;
        end loop;
        exit when next is not null or seen < step;
      end loop;
    end if;
    whole := whole || jsonb_build_object(list, to_jsonb(items));
  end loop;
  return whole || jsonb_build_object('next', next);
end
$$;

comment on function private.export_account(uuid, text, timestamptz, text, integer) is
  'A page of everything kept about a user: at most so many bytes of items, newest first in each list, after the row named.';

revoke execute on function private.export_account(uuid, text, timestamptz, text, integer) from public;

grant execute on function private.export_account(uuid, text, timestamptz, text, integer) to tandem_auth;
