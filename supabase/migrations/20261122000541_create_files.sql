-- What users have uploaded. The object stands in quarantine, under `user_id/id`, until it has been looked at, and then in the
-- bucket of its purpose; the row says which. Written by the files service alone.
create table public.files (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  purpose text not null check (purpose in ('avatar', 'attachment', 'document')),
  -- The user's word for it: shown, and never part of a path.
  name text not null check (length(name) between 1 and 200),
  declared_type text not null check (length(declared_type) <= 100),
  -- By its bytes; null until accepted.
  type text check (length(type) <= 100),
  -- What it counts for in the quota: as declared until it is looked at, then as stored, nothing once refused.
  size_bytes bigint not null check (size_bytes >= 0),
  status text not null default 'pending' check (status in ('pending', 'inspecting', 'accepted', 'refused')),
  -- services/files/domain/refusal.ts has them with a sentence each.
  reason text check (reason in ('missing', 'empty', 'too_large', 'type_mismatch', 'not_allowed', 'svg', 'html', 'bad_text',
    'polyglot', 'image_broken', 'image_too_large', 'pdf_active_content', 'pdf_unreadable', 'zip_bomb', 'zip_unsafe',
    'zip_broken', 'not_inspected')),
  bucket text,
  object_key text,
  -- Of what is stored, hex.
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  width integer check (width > 0),
  height integer check (height > 0),
  created_at timestamptz not null default now(),
  -- When the upload was said to be complete, and when it was decided about.
  completed_at timestamptz,
  decided_at timestamptz,
  constraint files_object_key unique (bucket, object_key),
  constraint files_id_user_key unique (id, user_id),
  constraint files_refused check ((status = 'refused') = (reason is not null)),
  constraint files_accepted check ((status = 'accepted') =
    (type is not null and bucket is not null and object_key is not null and sha256 is not null)),
  constraint files_decided check ((status in ('accepted', 'refused')) = (decided_at is not null))
);

comment on table public.files is 'Uploaded files: what users call them, what they are, where they are kept; sizes in bytes.';

create index files_user_created_idx on public.files (user_id, created_at desc, id desc);

-- What the sweep looks for.
create index files_unfinished_idx on public.files (created_at) where status in ('pending', 'inspecting', 'refused');

alter table public.files enable row level security;

grant select on public.files to authenticated;

grant select, delete on public.files to tandem_files;

grant insert (id, user_id, purpose, name, declared_type, size_bytes) on public.files to tandem_files;

grant update (type, size_bytes, status, reason, bucket, object_key, sha256, width, height, completed_at, decided_at)
  on public.files to tandem_files;

create policy "Users see their own files" on public.files
  for select to authenticated using (user_id = (select auth.uid()));

create policy "The files service reads files" on public.files
  for select to tandem_files using (true);

create policy "The files service takes in files" on public.files
  for insert to tandem_files with check (status = 'pending');

create policy "The files service decides about files" on public.files
  for update to tandem_files using (status in ('pending', 'inspecting')) with check (true);

create policy "The files service removes files" on public.files
  for delete to tandem_files using (true);

-- In the transaction that decides.
grant execute on function private.notify(uuid, text, text, jsonb) to tandem_files;

alter publication supabase_realtime add table public.files;

-- Somebody's picture is a file of theirs, and goes with it.
do $$
begin
  if exists (
    select from information_schema.columns
    where table_schema = 'public' and table_name = 'user_profiles' and column_name = 'avatar_file_id'
  ) then
    alter table public.user_profiles
      add constraint user_profiles_avatar_file_fkey foreign key (avatar_file_id, id)
        references public.files (id, user_id) on delete set null (avatar_file_id);
    create index if not exists user_profiles_avatar_file_idx on public.user_profiles (avatar_file_id)
      where avatar_file_id is not null;
  end if;
end
$$;
