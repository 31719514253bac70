-- Who talks with somebody sees their picture, and what they attached. Whether whoever asks may read a stored object: an accepted
-- file of their own, the picture that somebody they talk with wears, or the attachment of a message that they see. SECURITY
-- DEFINER: the rows behind it are others'; it answers yes or no about one object, to the caller.
create function private.caller_may_read_object(of_bucket text, of_key text) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.files f
    where f.bucket = of_bucket and f.object_key = of_key and f.status = 'accepted'
      and (
        f.user_id = auth.uid()
        or (f.purpose = 'avatar' and exists (
          select from public.user_profiles p
          join public.conversation_members theirs on theirs.user_id = p.id
          join public.conversation_members mine on mine.conversation_id = theirs.conversation_id
          where p.id = f.user_id and p.avatar_file_id = f.id and mine.user_id = auth.uid()))
        or (f.purpose = 'attachment' and exists (
          select from public.messages n
          join public.conversation_members mine on mine.conversation_id = n.conversation_id
          where n.attachment_file_id = f.id and mine.user_id = auth.uid() and mine.visible_after < n.position))
      )
  )
$$;

grant execute on function private.caller_may_read_object(text, text) to authenticated;

drop policy "Users read their own accepted files" on storage.objects;

-- Still nothing of quarantine.
create policy "Users read accepted files of their own and of those they talk with" on storage.objects
  for select to authenticated
  using (bucket_id in ('avatars', 'attachments', 'documents') and private.caller_may_read_object(bucket_id, name));

-- A file that is deleted leaves the messages it was attached to.
update public.messages m set attachment_file_id = null
  where m.attachment_file_id is not null and not exists (select from public.files f where f.id = m.attachment_file_id);

alter table public.messages add constraint messages_attachment_file_fkey
  foreign key (attachment_file_id) references public.files (id) on delete set null;
