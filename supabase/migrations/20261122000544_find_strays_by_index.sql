-- As before, each kind of bucket by itself, so that files are looked up by their unique key and not compared one by one.
create or replace function private.stray_objects(made_before timestamptz, most integer)
  returns table (bucket text, key text)
  language sql stable security definer set search_path = ''
as $$
  (
    select o.bucket_id, o.name
    from storage.objects o
    where o.bucket_id = 'quarantine' and o.created_at < made_before
      and o.name not in (
        select f.user_id::text || '/' || f.id::text from public.files f where f.status = 'inspecting'
      )
    limit most
  )
  union all
  (
    select o.bucket_id, o.name
    from storage.objects o
    where o.bucket_id in ('avatars', 'attachments', 'documents') and o.created_at < made_before
      and not exists (
        select from public.files f
        where f.bucket = o.bucket_id and f.object_key = o.name and f.status = 'accepted'
      )
    limit most
  )
$$;
