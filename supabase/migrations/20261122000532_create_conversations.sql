-- Who talks with whom (docs/messages.md). Browsers read these tables through the Data API and Realtime; conversations are
-- started and members added by functions alone, because that needs to know who blocks whom.
create table public.conversations (
  id uuid primary key default gen_random_uuid(),
  title text check (length(title) between 1 and 120 and title !~ '[[:cntrl:]]'),
  -- SHA-256 of the two ids, so that two people have one conversation and no more; null for a group. Not a foreign key: what
  -- is left when an account is deleted names nobody.
  pair_key bytea constraint conversations_pair_key unique check (octet_length(pair_key) = 32),
  is_pair boolean not null generated always as (pair_key is not null) stored,
  -- The position of the newest message, and when it came. The lock on this row puts messages in order.
  last_position bigint not null default 0 check (last_position >= 0),
  last_message_at timestamptz,
  created_at timestamptz not null default now()
)
-- Changes with every message, and no index has to follow.
with (fillfactor = 80);

comment on table public.conversations is 'Conversations of two (is_pair) or of a group; gone when the last member is.';

create table public.conversation_members (
  -- Of its own: Realtime tells every subscriber the primary key of a deleted row, and this one says nothing.
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  -- A group has one owner, who adds and removes; a pair has none.
  role text not null default 'member' check (role in ('owner', 'member')),
  -- Messages up to this position came before the member did, and stay unseen.
  visible_after bigint not null default 0 check (visible_after >= 0),
  -- The read marker. Moves forward alone (guard_messages).
  last_read_position bigint not null default 0 check (last_read_position >= 0),
  read_at timestamptz,
  joined_at timestamptz not null default now(),
  constraint conversation_members_once unique (conversation_id, user_id)
)
with (fillfactor = 80);

comment on table public.conversation_members is 'Who is in a conversation now; the row of whoever left is gone.';

create index conversation_members_user_idx on public.conversation_members (user_id, conversation_id);

create unique index conversation_members_one_owner_idx on public.conversation_members (conversation_id)
  where role = 'owner';

-- Whom a user wants nothing from. Nobody else sees the row.
create table public.user_blocks (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  blocked_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, blocked_id),
  constraint user_blocks_not_oneself check (user_id <> blocked_id)
);

comment on table public.user_blocks is 'Neither of the two can start a conversation with the other, add them, or write to their pair.';

create index user_blocks_blocked_idx on public.user_blocks (blocked_id);

-- The conversations of whoever asks. SECURITY DEFINER: a policy on the list of members that asked the list of members would
-- ask itself without end. Answers about the caller alone. In private, so that no API calls it: policies need no way in.
create function private.caller_conversations() returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select m.conversation_id from public.conversation_members m where m.user_id = (select auth.uid())
$$;

-- Those of them that the caller owns.
create function private.caller_owned_conversations() returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select m.conversation_id from public.conversation_members m where m.user_id = (select auth.uid()) and m.role = 'owner'
$$;

grant execute on function private.caller_conversations() to authenticated;
grant execute on function private.caller_owned_conversations() to authenticated;

alter table public.conversations enable row level security;

grant select on public.conversations to authenticated;

grant update (title) on public.conversations to authenticated;

create policy "Members see their conversations" on public.conversations
  for select to authenticated using (id in (select private.caller_conversations()));

create policy "Owners name their conversations" on public.conversations
  for update to authenticated using (id in (select private.caller_owned_conversations()))
  with check (id in (select private.caller_owned_conversations()));

alter table public.conversation_members enable row level security;

grant select, delete on public.conversation_members to authenticated;

grant update (last_read_position) on public.conversation_members to authenticated;

create policy "Members see who else is there" on public.conversation_members
  for select to authenticated using (conversation_id in (select private.caller_conversations()));

create policy "Members move their own read marker" on public.conversation_members
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create policy "Members leave, and owners remove members" on public.conversation_members
  for delete to authenticated
  using (user_id = (select auth.uid()) or conversation_id in (select private.caller_owned_conversations()));

alter table public.user_blocks enable row level security;

grant select, delete on public.user_blocks to authenticated;

grant insert (blocked_id) on public.user_blocks to authenticated;

create policy "Users see whom they block" on public.user_blocks
  for select to authenticated using (user_id = (select auth.uid()));

create policy "Users block" on public.user_blocks
  for insert to authenticated with check (user_id = (select auth.uid()));

create policy "Users unblock" on public.user_blocks
  for delete to authenticated using (user_id = (select auth.uid()));

-- After somebody left, was removed or deleted the account: a group needs an owner, and a conversation without anybody is
-- nobody's. SECURITY DEFINER: whoever leaves may not promote or delete.
create function private.tidy_conversation() returns trigger
  language plpgsql security definer set search_path = ''
as $$
declare
  heir uuid;
begin
  -- Those who leave at the same moment do so one after the other from here on.
  perform from public.conversations c where c.id = old.conversation_id for update;
  if not found then
    return null; -- it is being deleted itself
  end if;
  if not exists (select from public.conversation_members m where m.conversation_id = old.conversation_id) then
    delete from public.conversations c where c.id = old.conversation_id;
  elsif old.role = 'owner' then
    -- Whoever is leaving, too, waits for this transaction: waiting for that row would be a deadlock.
    select m.id into heir from public.conversation_members m
      where m.conversation_id = old.conversation_id order by m.joined_at, m.id limit 1 for update skip locked;
    if heir is null then
      select m.id into heir from public.conversation_members m
        where m.conversation_id = old.conversation_id order by m.joined_at, m.id limit 1 for update;
    end if;
    update public.conversation_members m set role = 'owner' where m.id = heir;
  end if;
  return null;
end
$$;

create trigger conversation_members_tidy after delete on public.conversation_members
  for each row execute function private.tidy_conversation();

-- Being added, and how far others have read, come live. The primary key identifies a row well enough: an update sends the
-- new row whole, a deletion an id that says nothing.
alter publication supabase_realtime add table public.conversation_members;
