-- A Supabase project gives its API roles privileges on whatever its owner makes in public, by default privileges: everything,
-- before 2026; still truncate, references, trigger and maintain on tables, everything on sequences, and execute on
-- functions, since. Truncate asks no policy. So here is said again what each role holds on the tables made so far, and
-- nothing comes by itself any more: a migration that makes something states who may use it.
revoke all on public.user_profiles, public.user_preferences, public.prices, public.payments
  from public, anon, authenticated, service_role;

grant select on public.user_profiles, public.user_preferences, public.payments to authenticated;

grant update (name, avatar_url, metadata) on public.user_profiles to authenticated;

grant update (locale, theme, timezone, email_receipts, email_subscription_reminders, email_product_news)
  on public.user_preferences to authenticated;

grant select on public.prices to anon, authenticated;

alter default privileges in schema public revoke all on tables from public, anon, authenticated, service_role;

alter default privileges in schema public revoke all on sequences from public, anon, authenticated, service_role;

alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;

-- Postgres itself lets everybody call a new function; a schema cannot take that back, the owner's defaults can.
alter default privileges revoke execute on functions from public;

revoke execute on all functions in schema private from public;
