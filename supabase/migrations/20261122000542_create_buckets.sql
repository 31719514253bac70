-- Where files are kept. No bucket is public: whoever may read an object gets a link that lives for a minute. Uploads come in by
-- signed links alone, which Storage redeems by its own power: there is no policy that lets a user insert, update or delete.
-- The limits are those of services/files/domain/purposes.ts, so that Storage itself turns away what is far too large.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('quarantine', 'quarantine', false, 20971520, null),
  ('avatars', 'avatars', false, 2097152, array['image/png', 'image/jpeg', 'image/webp']),
  ('attachments', 'attachments', false, 20971520, array['image/png', 'image/jpeg', 'image/webp', 'image/gif',
    'application/pdf', 'text/plain', 'application/zip']),
  ('documents', 'documents', false, 20971520, array['application/pdf'])
on conflict (id) do update set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

-- Quarantine has no policy at all: only who passes by row-level security reads it.
create policy "Users read their own accepted files" on storage.objects
  for select to authenticated
  using (exists (
    select from public.files f
    where f.bucket = objects.bucket_id and f.object_key = objects.name
      and f.status = 'accepted' and f.user_id = (select auth.uid())
  ));

-- Whether something was uploaded under a key. SECURITY DEFINER: yes or no about one object of quarantine, so that the files
-- service needs no grant on storage.
create function private.is_uploaded(of_key text) returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (select from storage.objects o where o.bucket_id = 'quarantine' and o.name = of_key)
$$;

-- Objects that nothing stands for any more: in quarantine from before a moment, unless they are being looked at, and elsewhere
-- without an accepted file. SECURITY DEFINER as above; only buckets of ours.
create function private.stray_objects(made_before timestamptz, most integer)
  returns table (bucket text, key text)
  language sql stable security definer set search_path = ''
as $$
  select o.bucket_id, o.name
  from storage.objects o
  where o.bucket_id in ('quarantine', 'avatars', 'attachments', 'documents') and o.created_at < made_before
    and not exists (
      select from public.files f
      where case when o.bucket_id = 'quarantine'
        then f.status = 'inspecting' and f.user_id::text || '/' || f.id::text = o.name
        else f.status = 'accepted' and f.bucket = o.bucket_id and f.object_key = o.name end
    )
  order by o.created_at
  limit most
$$;

-- Accepted files whose object is gone. SECURITY DEFINER as above.
create function private.files_without_object(decided_before timestamptz, most integer) returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select f.id
  from public.files f
  where f.status = 'accepted' and f.decided_at < decided_before
    and not exists (select from storage.objects o where o.bucket_id = f.bucket and o.name = f.object_key)
  limit most
$$;

revoke execute on function private.is_uploaded(text) from public;
revoke execute on function private.stray_objects(timestamptz, integer) from public;
revoke execute on function private.files_without_object(timestamptz, integer) from public;

grant execute on function private.is_uploaded(text) to tandem_files;
grant execute on function private.stray_objects(timestamptz, integer) to tandem_files;
grant execute on function private.files_without_object(timestamptz, integer) to tandem_files;
