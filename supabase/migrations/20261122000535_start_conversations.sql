-- What users ask for by name, as `rpc` through the Data API. Each is a thin function of public with the caller's own rights,
-- whose body is bound to one of private with its owner's rights. That one does the work for `auth.uid()` and nobody else, and
-- is out of reach by any other way: private is closed to the Data API.

-- Refuses whoever cannot be written to: no account, or either of the two blocks the other. One answer for all, so that
-- nobody learns whether an id is an account, or who blocks them.
create function private.require_available(for_user uuid, others uuid[]) returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if exists (
    select from unnest(others) o(id)
    where private.is_blocked(for_user, o.id)
      or not exists (select from auth.users u where u.id = o.id and u.deleted_at is null)
  ) then
    raise sqlstate 'PT404' using message = 'user_not_available',
      detail = 'There is no such user, or one of you blocks the other.', hint = 'Look at your own blocks.';
  end if;
end
$$;

-- Who asks; refused where that is nobody.
create function private.require_caller() returns uuid
  language plpgsql stable set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if caller is null then
    raise insufficient_privilege using message = 'unauthenticated', detail = 'Sign in first.';
  end if;
  return caller;
end
$$;

create function private.start_conversation(with_users uuid[], title text, conversation uuid) returns uuid
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.require_caller();
  others uuid[] := array(select distinct u.id from unnest(with_users) u(id) where u.id is distinct from caller);
  kept_title text := nullif(btrim(title), '');
  wanted_pair bytea;
  started uuid;
  joined bigint;
begin
  if cardinality(others) not between 1 and 49 or array_position(others, null) is not null then
    raise sqlstate 'PT422' using message = 'members_invalid',
      detail = 'A conversation is started with 1 to 49 others, named by user id.';
  end if;
  perform private.require_available(caller, others);

  if cardinality(others) = 1 and kept_title is null then
    wanted_pair := sha256(convert_to(least(caller, others[1])::text || greatest(caller, others[1])::text, 'UTF8'));
    loop
      insert into public.conversations (pair_key) values (wanted_pair) on conflict (pair_key) do nothing
        returning id into started;
      exit when started is not null;
      select c.id into started from public.conversations c where c.pair_key = wanted_pair for update;
      exit when started is not null; -- otherwise its last member has just left
    end loop;
    -- Whoever had left comes back, and sees what is said from now on.
    insert into public.conversation_members (conversation_id, user_id, visible_after, last_read_position)
      select c.id, u.id, c.last_position, c.last_position
      from public.conversations c, unnest(array[caller, others[1]]) u(id) where c.id = started
      on conflict (conversation_id, user_id) do nothing;
    get diagnostics joined = row_count;
  else
    started := coalesce(conversation, gen_random_uuid());
    insert into public.conversations (id, title) values (started, kept_title) on conflict (id) do nothing;
    if not found then
      if exists (select from public.conversation_members m where m.conversation_id = started and m.user_id = caller) then
        return started; -- a repeated request
      end if;
      raise sqlstate 'PT409' using message = 'conversation_exists',
        detail = 'There is a conversation with this id already.', hint = 'Make another id.';
    end if;
    insert into public.conversation_members (conversation_id, user_id, role)
      select started, u.id, case when u.id = caller then 'owner' else 'member' end
      from unnest(caller || others) u(id);
    get diagnostics joined = row_count;
  end if;

  if joined > 0 then
    perform private.limit_user(caller, 'new conversations', 10, 3600000);
  end if;
  return started;
end
$$;

grant execute on function private.start_conversation(uuid[], text, uuid) to authenticated;

create function public.start_conversation(with_users uuid[], title text default null, conversation uuid default null)
  returns uuid
  language sql volatile
begin atomic
  select private.start_conversation(with_users, title, conversation);
end;

comment on function public.start_conversation(uuid[], text, uuid) is
  'Starts a conversation and answers its id. One other and no title: the one conversation of the two, again if need be. Otherwise a group of the caller''s; with an id of the client''s a repeated request starts no second one.';

grant execute on function public.start_conversation(uuid[], text, uuid) to authenticated;

create function private.add_member(of_conversation uuid, new_member uuid) returns uuid
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  caller uuid := private.require_caller();
  newest bigint;
  member uuid;
begin
  select c.last_position into newest from public.conversations c
    where c.id = of_conversation and exists (
      select from public.conversation_members m
      where m.conversation_id = c.id and m.user_id = caller and m.role = 'owner')
    for update of c;
  -- Asked again after the lock.
  if newest is null or of_conversation not in (select private.caller_owned_conversations()) then
    raise sqlstate 'PT403' using message = 'not_the_owner',
      detail = 'There is no such group, or you are not its owner.';
  end if;
  select m.id into member from public.conversation_members m
    where m.conversation_id = of_conversation and m.user_id = new_member;
  if found then
    return member; -- a repeated request
  end if;
  perform private.require_available(caller, array[new_member]);
  if (select count(*) from public.conversation_members m where m.conversation_id = of_conversation) >= 50 then
    raise sqlstate 'PT409' using message = 'conversation_full', detail = 'A conversation has at most 50 members.';
  end if;
  perform private.limit_user(caller, 'added members', 60, 3600000);
  insert into public.conversation_members (conversation_id, user_id, visible_after, last_read_position)
    values (of_conversation, new_member, newest, newest) returning id into member;
  return member;
end
$$;

grant execute on function private.add_member(uuid, uuid) to authenticated;

create function public.add_member(of_conversation uuid, new_member uuid) returns uuid
  language sql volatile
begin atomic
  select private.add_member(of_conversation, new_member);
end;

comment on function public.add_member(uuid, uuid) is
  'Adds a user to a group of the caller''s and answers the id of the membership. They see what is said from now on.';

grant execute on function public.add_member(uuid, uuid) to authenticated;
