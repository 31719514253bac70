-- A theme or a language that is chosen in one window is there in the user's others. The primary key is the user's id, which
-- is all that a deleted account tells, as its profile does.
alter publication supabase_realtime add table public.user_preferences;
