import { functions } from '../functions';
import { compareCells } from '../outcome';
import { roles } from '../people';
import { tables } from '../tables';
import { isAskedFor, type Stage } from './stage';

/** A body in standard SQL is bound when the function is made, so it needs no search path. */
const DEFINITIONS = `
  select f.oid::regprocedure::text as object,
    concat_ws(' ', case when f.prosecdef then 'definer' else 'invoker' end, pg_get_userbyid(f.proowner),
      case when f.prosqlbody is not null or 'search_path=pg_catalog, pg_temp' = any (f.proconfig) then 'fixed' end) as found
  from pg_proc f join pg_namespace n on n.oid = f.pronamespace where n.nspname in ('public', 'private')
  union all
  select format('%I.%I', n.nspname, c.relname),
    concat_ws(' ', pg_get_userbyid(c.relowner), case when c.relrowsecurity then 'rls' end,
      case when 'security_invoker=true' = any (c.reloptions) then 'invoker' end)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select r.rolname, concat_ws(' ', case when r.rolsuper then 'superuser' end, case when r.rolinherit then 'inherit' end,
      case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end,
      case when r.rolcanlogin then 'login' end, case when r.rolreplication then 'replication' end,
      case when r.rolbypassrls then 'bypassrls' end,
      (select 'in ' || string_agg(roleid::regrole::text, ' ' order by roleid::regrole::text)
       from pg_auth_members m where m.member = r.oid))
  from pg_roles r where r.rolname = any ($1)`;

const ROLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(roles.map((role) => [role, role.startsWith('tandem_') ? 'login' : ''])),
  service_role: 'bypassrls',
  authenticator: 'login in anon authenticated service_role',
};

const cellOf = (object: string): string => `${object} · is`;

const expectedDefinitions = (): readonly (readonly [string, string])[] => [
  ...tables.map(({ name, isView }) => [name, isView ? 'postgres invoker' : 'postgres rls'] as const),
  ...Object.entries(functions).map(
    ([name, { definer }]) => [name, `${definer ? 'definer' : 'invoker'} postgres fixed`] as const,
  ),
  ...Object.entries(ROLES),
];

/** Who owns what, what runs with whose rights and which search path, and what roles are. */
export const definitions: Stage = async (question) => {
  const { rows } = await question.superuser.query<{ object: string; found: string }>(DEFINITIONS, [
    Object.keys(ROLES),
  ]);
  const wanted = (object: string): boolean => isAskedFor(question, object);
  return compareCells(
    new Map(expectedDefinitions().flatMap(([object, is]) => (wanted(object) ? [[cellOf(object), is]] : []))),
    new Map(rows.flatMap(({ object, found }) => (wanted(object) ? [[cellOf(object), found]] : []))),
  );
};
