-- Postgres looks for types and tables in the session's temporary schema before anywhere else, unless the search path says where it
-- comes; an empty path does not say it. Whoever may connect may make types there: a domain called `text`, whose check is code of
-- theirs, would run with the owner's rights in every function here that has these and says `text`. So each path says it, last
-- (postgresql.org/docs/current/sql-createfunction.html, "Writing SECURITY DEFINER Functions Safely"). Functions with their
-- caller's rights as well, because those with the owner's call them.
do $$
declare
  ours regprocedure;
begin
  for ours in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and p.proowner = current_user::regrole and 'search_path=""' = any (p.proconfig)
  loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', ours);
  end loop;
end
$$;
