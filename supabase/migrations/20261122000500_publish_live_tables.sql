-- What users see change while they look. Supabase's Realtime reads this publication; who is told of a row is decided by its
-- policies, row by row. A hosted project has the publication from the start.
--
-- The replica identity stays the primary key. The whole old row (`replica identity full`) would double what the log holds of
-- every update, and nobody is told of it anyway: after a delete nothing can say whose row it was, so under row-level security
-- the key alone leaves the database.
do $$
declare
  wanted text;
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  foreach wanted in array array['user_profiles', 'payments'] loop
    if not exists (
      select from pg_publication_tables
      where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = wanted
    ) then
      execute format('alter publication supabase_realtime add table public.%I', wanted);
    end if;
  end loop;
end
$$;
