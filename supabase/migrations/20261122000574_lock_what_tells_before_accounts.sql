-- As before, but what others hold while they look at an account is locked before it, since the other order would be a deadlock: a
-- conversation by whoever sends into it, a payment, a file or a subscription by whoever tells of it (private.notify). Not what was
-- used: private.record_usage holds the account before it touches those rows.
create or replace function private.delete_account(of_user uuid) returns text[]
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  blockers text[];
begin
  perform from public.conversations c
    where c.id in (select m.conversation_id from public.conversation_members m where m.user_id = of_user)
    order by c.id for update;
  perform from public.payments p where p.user_id = of_user order by p.id for no key update;
  perform from public.files f where f.user_id = of_user order by f.id for update;
  perform from public.subscriptions s where s.user_id = of_user order by s.id for update;
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
