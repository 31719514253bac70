-- The tables of Supabase Storage as @supabase/lite 0.10.0 (Apache-2.0) makes them, kept here so that migrations and tests have
-- them without loading it. Owned by supabase_storage_admin and usable under row-level security by the API roles, as in a
-- hosted project, where the owner of migrations may add buckets and policies without owning the tables; here it may because
-- it is a member of the owner.

do $$
begin
  if not exists (select from pg_roles where rolname = 'supabase_storage_admin') then
    create role supabase_storage_admin nologin noinherit;
  end if;
end
$$;

grant supabase_storage_admin to postgres with inherit true;

create schema if not exists storage authorization supabase_storage_admin;
grant usage on schema storage to postgres, anon, authenticated, service_role;

set role supabase_storage_admin;

CREATE TABLE IF NOT EXISTS storage.buckets (
  id                 text NOT NULL PRIMARY KEY,
  name               text NOT NULL UNIQUE,
  owner              uuid,
  owner_id           text,
  public             boolean DEFAULT false,
  file_size_limit    bigint,
  allowed_mime_types text[],
  created_at         timestamptz DEFAULT now(),
  updated_at         timestamptz DEFAULT now()
);

CREATE TABLE IF NOT EXISTS storage.objects (
  id                 uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  bucket_id          text REFERENCES storage.buckets(id),
  name               text,
  owner              uuid,
  owner_id           text,
  metadata           jsonb,
  user_metadata      jsonb,
  path_tokens        text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
  version            text,
  created_at         timestamptz DEFAULT now(),
  updated_at         timestamptz DEFAULT now(),
  last_accessed_at   timestamptz DEFAULT now(),

  UNIQUE (bucket_id, name)
);

CREATE INDEX IF NOT EXISTS storage_objects_name_pattern_search ON storage.objects (name text_pattern_ops);

ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;

grant all on storage.buckets, storage.objects to postgres, anon, authenticated, service_role;

reset role;
