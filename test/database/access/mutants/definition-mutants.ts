import type { ClientBase } from 'pg';
import { functions } from '../functions';
import { roles } from '../people';
import { NEW_OBJECTS } from '../stages/new-objects';
import { tables } from '../tables';
import type { Mutant } from './mutant';

const DEFAULTS = {
  tables: ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'],
  sequences: ['usage', 'select', 'update'],
  functions: ['execute'],
} as const;

const ATTRIBUTES = ['superuser', 'createrole', 'createdb', 'replication', 'inherit', 'bypassrls'];

/** Not `postgres`: it is a member of the others, and Postgres refuses circles. */
const POWERS = ['supabase_auth_admin', 'pg_read_all_data', 'pg_write_all_data'];

const ofFunctions = (paths: ReadonlySet<string>): readonly Mutant[] =>
  Object.entries(functions).flatMap(([signature, { definer }]) => {
    const alter = (change: string): Mutant => ({
      kind: 'redefine function',
      name: `${signature}: ${change}`,
      sql: `alter function ${signature} ${change}`,
      objects: [signature],
    });
    const changes = [definer ? 'security invoker' : 'security definer', 'owner to tandem_auth'];
    const loose = ['reset search_path', 'set search_path = public', `set search_path = ''`];
    return [...changes, ...(paths.has(signature) ? loose : [])].map(alter);
  });

const ofTables = (): readonly Mutant[] =>
  tables.map(({ name }) => ({
    kind: 'give table away',
    name: `${name} to tandem_reconcile`,
    sql: `alter table ${name} owner to tandem_reconcile`,
    objects: [name],
  }));

const ofRoles = (): readonly Mutant[] =>
  roles.flatMap((role) => [
    ...ATTRIBUTES.filter((attribute) => !(role === 'service_role' && attribute === 'bypassrls')).map(
      (attribute) => ({
        kind: 'empower role',
        name: `${role}: ${attribute}`,
        sql: `alter role ${role} ${attribute}`,
        objects: [role],
      }),
    ),
    ...[...roles, ...POWERS]
      .filter((other) => other !== role)
      .map((other) => ({
        kind: 'join role',
        name: `${role} becomes ${other}`,
        sql: `grant ${other} to ${role}`,
        objects: [role],
      })),
  ]);

const ofDefaults = (): readonly Mutant[] =>
  Object.entries(DEFAULTS).flatMap(([kind, privileges]) =>
    privileges.flatMap((privilege) =>
      [...roles, 'public'].flatMap((role) =>
        ['public', 'private'].map((schema) => ({
          kind: 'grant by default',
          name: `${privilege} on ${kind} in ${schema} to ${role}`,
          sql: `alter default privileges for role postgres in schema ${schema} grant ${privilege} on ${kind} to ${role}`,
          objects: [NEW_OBJECTS],
        })),
      ),
    ),
  );

/** Functions with other rights or paths, tables with other owners, roles with more power, defaults with grants. */
export const definitionMutants = async (superuser: ClientBase): Promise<readonly Mutant[]> => {
  const { rows } = await superuser.query<{ signature: string }>(
    `select oid::regprocedure::text as signature from pg_proc where 'search_path=pg_catalog, pg_temp' = any (proconfig)`,
  );
  const paths = new Set(rows.map(({ signature }) => signature));
  return [...ofFunctions(paths), ...ofTables(), ...ofDefaults(), ...ofRoles()];
};
