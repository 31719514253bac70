import type { ClientBase } from 'pg';
import { roles } from '../people';
import { schemas } from '../places';
import type { Mutant } from './mutant';

/**
 * What stands in the access control lists of everything of ours, but for the owner's own, and for what everybody has anyway:
 * Postgres lets PUBLIC into the schema public.
 */
const HELD = `
  with lists as (
    select case c.relkind when 'S' then 'sequence ' else '' end as kind, format('%I.%I', n.nspname, c.relname) as object,
      null as column, c.relacl as acl, c.relowner as owner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select '', format('%I.%I', n.nspname, c.relname), quote_ident(a.attname), a.attacl, c.relowner
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and a.attacl is not null
    union all
    select 'function ', f.oid::regprocedure::text, null, f.proacl, f.proowner
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace where n.nspname in ('public', 'private')
    union all
    select 'schema ', n.nspname, null, n.nspacl, n.nspowner from pg_namespace n where n.nspname in ('public', 'private')
  )
  select l.kind, l.object, l.column, r.rolname as role, e.privilege_type as privilege
  from lists l, aclexplode(l.acl) e join pg_roles r on r.oid = e.grantee
  where e.grantee <> l.owner and r.rolname = any ($1)
    and not exists (select from aclexplode(l.acl) p where p.grantee = 0 and p.privilege_type = e.privilege_type)`;

/** Everything that could be granted, to each role and to everybody, and is not held. */
const NOT_HELD = `
  with asked as (select r as role, case r when 'public' then 'anon' else r end as judged from unnest($1::text[] || 'public'::text) r),
  relations as (
    select c.oid, c.relkind = 'S' as is_sequence, format('%I.%I', n.nspname, c.relname) as object
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  )
  select '' as kind, t.object, null as column, a.role, p as privilege
  from relations t, asked a,
    unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) p
  where not t.is_sequence and not has_table_privilege(a.judged, t.oid, p)
  union all
  select '', t.object, quote_ident(c.attname), a.role, p
  from relations t join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped, asked a,
    unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
  where not t.is_sequence and not has_column_privilege(a.judged, t.oid, c.attnum, p)
  union all
  select 'sequence ', t.object, null, a.role, p from relations t, asked a, unnest(array['USAGE', 'SELECT', 'UPDATE']) p
  where t.is_sequence and not has_sequence_privilege(a.judged, t.oid, p)
  union all
  select 'function ', f.oid::regprocedure::text, null, a.role, 'EXECUTE'
  from pg_proc f join pg_namespace n on n.oid = f.pronamespace, asked a
  where n.nspname in ('public', 'private') and not has_function_privilege(a.judged, f.oid, 'EXECUTE')
  union all
  select 'schema ', n.nspname, null, a.role, p from pg_namespace n, asked a, unnest(array['USAGE', 'CREATE']) p
  where n.nspname = any ($2) and not has_schema_privilege(a.judged, n.oid, p)`;

interface Grant {
  readonly kind: string;
  readonly object: string;
  readonly column: string | null;
  readonly role: string;
  readonly privilege: string;
}

const what = ({ kind, object, column, privilege }: Grant): string =>
  `${privilege.toLowerCase()}${column === null ? '' : ` (${column})`} on ${kind}${object}`;

const revoked = (grant: Grant): Mutant => {
  const sql = `revoke ${what(grant)} from ${grant.role}`;
  return {
    kind: grant.column === null ? 'revoke' : 'revoke column',
    name: sql.slice(7),
    sql,
    objects: [grant.object],
    isOfColumn: grant.column !== null,
  };
};

const granted = (grant: Grant): Mutant => {
  const sql = `grant ${what(grant)} to ${grant.role}`;
  return {
    kind: grant.column === null ? 'grant' : 'grant column',
    name: sql.slice(6),
    sql,
    objects: [grant.object],
    isOfColumn: grant.column !== null,
  };
};

/** What is held, to be handed on. */
const handedOn = (grant: Grant): Mutant => ({
  ...granted(grant),
  kind: 'let hand on',
  sql: `grant ${what(grant)} to ${grant.role} with grant option`,
});

const mayBeHandedOn = ({ kind }: Grant): boolean => kind === '' || kind === 'function ';

/** Every grant taken away, every other one given, and those on tables and functions made ones to hand on. */
export const grantMutants = async (superuser: ClientBase): Promise<readonly Mutant[]> => {
  const { rows: held } = await superuser.query<Grant>(HELD, [roles]);
  const { rows: others } = await superuser.query<Grant>(NOT_HELD, [roles, Object.keys(schemas)]);
  return [...held.map(revoked), ...held.filter(mayBeHandedOn).map(handedOn), ...others.map(granted)];
};
