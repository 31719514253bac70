-- Files and the account. An export says what is kept; what is in the files is downloaded as ever. A deleted account takes its rows
-- along, and the sweep removes the objects, which nobody can reach meanwhile.
create function private.export_part_files(of_user uuid) returns json
  language sql stable set search_path = ''
as $$
  select coalesce(json_agg(json_build_object('id', f.id, 'purpose', f.purpose, 'name', f.name,
    'declared_type', f.declared_type, 'type', f.type, 'size', f.size_bytes, 'status', f.status, 'reason', f.reason,
    'sha256', f.sha256, 'width', f.width, 'height', f.height, 'created_at', f.created_at,
    'decided_at', f.decided_at) order by f.created_at desc, f.id), '[]')
  from public.files f where f.user_id = of_user
$$;

revoke execute on function private.export_part_files(uuid) from public;
