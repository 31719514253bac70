-- What users say of themselves keeps its type whichever way it comes: PATCH /api/auth/profile or the Data API.

-- Refuses a file that is not an accepted one of that user for that purpose, in one way whatever is wrong with it: an id says
-- nothing about another's files. The table of files comes with a later migration; until then there are none.
create function private.require_file(of_file uuid, of_user uuid, for_purpose text) returns void
  language plpgsql stable set search_path = ''
as $$
declare
  usable boolean := false;
begin
  if to_regclass('public.files') is not null then
    select exists (
      select from public.files f
      where f.id = of_file and f.user_id = of_user and f.purpose = for_purpose and f.status = 'accepted'
    ) into usable;
  end if;
  if not usable then
    raise invalid_parameter_value using message = 'file_not_usable',
      detail = format('This is no accepted file of yours with the purpose %s.', for_purpose),
      hint = 'Upload it first, and wait until it is accepted.';
  end if;
end
$$;

-- The picture, as a file that was looked at; avatar_url stays for pictures elsewhere. The table of files adds the foreign key.
alter table public.user_profiles add column avatar_file_id uuid;

grant update (avatar_file_id) on public.user_profiles to authenticated, tandem_auth;

-- SECURITY DEFINER: no caller needs to read files for it.
create function private.check_avatar() returns trigger
  language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or new.avatar_file_id is distinct from old.avatar_file_id then
    perform private.require_file(new.avatar_file_id, new.id, 'avatar');
  end if;
  return new;
end
$$;

create trigger user_profiles_check_avatar before insert or update of avatar_file_id on public.user_profiles
  for each row when (new.avatar_file_id is not null) execute function private.check_avatar();

-- A name is one line, and writes in no other direction than it seems to. Cleaned and not refused: names come with sign-ups,
-- too, which must not fail for one.
create function private.clean_name() returns trigger
  language plpgsql set search_path = ''
as $$
begin
  new.name := btrim(regexp_replace(new.name, U&'[[:cntrl:]\2028\2029\202A-\202E\2066-\2069]+', ' ', 'g'));
  return new;
end
$$;

create trigger user_profiles_clean_name before insert or update of name on public.user_profiles
  for each row execute function private.clean_name();

-- A time zone is one that Postgres knows, in its spelling. A list of about six hundred files, so asked only when it changes.
create function private.check_timezone() returns trigger
  language plpgsql set search_path = ''
as $$
declare
  known text;
begin
  if tg_op = 'UPDATE' and new.timezone is not distinct from old.timezone then
    return new;
  end if;
  select z.name into known from pg_catalog.pg_timezone_names z where lower(z.name) = lower(new.timezone) limit 1;
  if known is null then
    raise invalid_parameter_value using message = 'timezone_unknown',
      detail = 'This is no name of the IANA time zone database.', hint = 'Such as Europe/Berlin.';
  end if;
  new.timezone := known;
  return new;
end
$$;

create trigger user_preferences_check_timezone before insert or update of timezone on public.user_preferences
  for each row when (new.timezone is not null) execute function private.check_timezone();
