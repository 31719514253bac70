import type { RoleAccess } from './declaration';
import { functions } from './functions';
import { roles } from './people';
import { schemas, sequences } from './places';
import { tables } from './tables';

/**
 * Every privilege that a role holds on anything of public and private, as Postgres itself judges (memberships and PUBLIC
 * included), one row for each object × role × privilege. Of a privilege on some columns it names them. What it returns nothing
 * for is not held.
 */
export const PRIVILEGES = `
  with asked as (select unnest($1::text[]) as role),
  relations as (
    select c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and ($2::text[] is null or format('%I.%I', n.nspname, c.relname) = any ($2))
  )
  select t.name as object, a.role, p as privilege,
    case when has_table_privilege(a.role, t.oid, p) then '*'
    else (select string_agg(attname, ' ' order by attname) from pg_attribute
          where attrelid = t.oid and attnum > 0 and not attisdropped
            and has_column_privilege(a.role, t.oid, attnum, p)) end as held
  from relations t, asked a, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
  where t.relkind <> 'S' and has_any_column_privilege(a.role, t.oid, p)
  union all
  select t.name, a.role, p, '*' from relations t, asked a, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN']) p
  where t.relkind <> 'S' and has_table_privilege(a.role, t.oid, p)
  union all
  select t.name, a.role, p, '*' from relations t, asked a, unnest(array['SELECT', 'UPDATE', 'USAGE']) p
  where t.relkind = 'S' and has_sequence_privilege(a.role, t.oid, p)
  union all
  select f.oid::regprocedure::text, a.role, 'EXECUTE', '*'
  from pg_proc f join pg_namespace n on n.oid = f.pronamespace, asked a
  where n.nspname in ('public', 'private') and has_function_privilege(a.role, f.oid, 'EXECUTE')
    and ($2::text[] is null or f.oid::regprocedure::text = any ($2))
  union all
  select n.nspname, a.role, p, '*' from pg_namespace n, asked a, unnest(array['USAGE', 'CREATE']) p
  where n.nspname = any ($3::text[]) and has_schema_privilege(a.role, n.oid, p)
    and ($2::text[] is null or n.nspname = any ($2))
  union all
  -- What a role may hand on, to whomever.
  select t.name, a.role, p || ' WITH GRANT OPTION', '*'
  from relations t, asked a, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
  where t.relkind <> 'S' and has_any_column_privilege(a.role, t.oid, p || ' WITH GRANT OPTION')
  union all
  select t.name, a.role, p || ' WITH GRANT OPTION', '*'
  from relations t, asked a, unnest(array['DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN']) p
  where t.relkind <> 'S' and has_table_privilege(a.role, t.oid, p || ' WITH GRANT OPTION')
  union all
  select f.oid::regprocedure::text, a.role, 'EXECUTE WITH GRANT OPTION', '*'
  from pg_proc f join pg_namespace n on n.oid = f.pronamespace, asked a
  where n.nspname in ('public', 'private') and has_function_privilege(a.role, f.oid, 'EXECUTE WITH GRANT OPTION')
    and ($2::text[] is null or f.oid::regprocedure::text = any ($2))`;

export interface Privilege {
  readonly object: string;
  readonly role: string;
  readonly privilege: string;
  readonly held: string;
}

export const privilegeCell = ({ object, role, privilege }: Omit<Privilege, 'held'>): string =>
  `${object} · ${role} · holds ${privilege}`;

/** The parameters of PRIVILEGES. The authenticator holds nothing of its own: it becomes one of the roles. */
export const privilegeParameters = (only?: readonly string[]): readonly unknown[] => [
  [...roles, 'authenticator'],
  only ?? null,
  Object.keys(schemas),
];

const columnsOf = (columns: string): string =>
  columns === '*' ? '*' : columns.split(' ').toSorted().join(' ');

const tablePrivileges = (access: RoleAccess): readonly (readonly [string, string])[] =>
  (['select', 'insert', 'update', 'delete'] as const).flatMap((operation) => {
    const columns = access[operation];
    return columns === undefined ? [] : [[operation.toUpperCase(), columnsOf(columns)] as const];
  });

/** What the declarations say is held; every other cell is empty. */
export const expectedPrivileges = (): ReadonlyMap<string, string> => {
  const cells = new Map<string, string>();
  for (const { name, may } of tables)
    for (const [role, access] of Object.entries(may))
      for (const [privilege, held] of tablePrivileges(access))
        cells.set(privilegeCell({ object: name, role, privilege }), held);
  for (const [object, { may = [] }] of Object.entries(functions))
    for (const role of may) cells.set(privilegeCell({ object, role, privilege: 'EXECUTE' }), '*');
  for (const [object, held] of Object.entries({ ...schemas, ...sequences }))
    for (const [role, privileges] of Object.entries(held))
      for (const privilege of privileges) cells.set(privilegeCell({ object, role, privilege }), '*');
  return cells;
};
