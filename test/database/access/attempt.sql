-- Tries each probe as its role in a subtransaction that is always undone, and says what came of it.
create function pg_temp.attempt(probes json) returns table (cell text, verdict text)
  language plpgsql
as $$
declare
  probe json;
  found text;
  changed bigint;
begin
  -- Gives this transaction an id, so that what the probes write is newer.
  perform pg_current_xact_id();
  for probe in select value from json_array_elements(probes) loop
    cell := probe ->> 'cell';
    begin
      perform set_config('request.jwt.claims', probe ->> 'claims', true);
      perform set_config('role', probe ->> 'role', true);
      if probe ->> 'kind' = 'look' then
        execute probe ->> 'sql' into found;
      else
        execute probe ->> 'sql';
        get diagnostics changed = row_count;
        found := case when changed = 0 and probe ->> 'kind' = 'change' then '-' else 'done' end;
        if changed > 0 and probe ->> 'after' is not null then
          perform set_config('role', 'none', true);
          execute probe ->> 'after' into found;
        end if;
      end if;
      raise exception using errcode = 'UNDO0', message = found;
    exception
      when sqlstate 'UNDO0' then
        verdict := sqlerrm;
      when unique_violation or not_null_violation or check_violation then
        -- Policies are asked before keys and constraints.
        verdict := 'done';
      when insufficient_privilege then
        verdict := case
          when sqlerrm like '%row-level security policy%' then 'refused by policy'
          when sqlerrm like 'permission denied for %' then 'denied'
          else sqlerrm end;
      when others then
        -- A trigger function has been reached once it says that it cannot be called like this.
        verdict := case when sqlerrm like 'trigger functions can only be%' then 'done' else sqlstate || ' ' || sqlerrm end;
    end;
    return next;
  end loop;
end
$$;
