import type { ClientBase } from 'pg';
import { functions } from './functions';
import { roles } from './people';
import { schemas, sequences } from './places';
import { tables } from './tables';

/** How much there is to declare, and whether each thing is. */
export interface Coverage {
  /** In the catalogue, not in the declarations. */
  readonly undeclared: readonly string[];
  /** In the declarations, not in the catalogue. */
  readonly vanished: readonly string[];
  /** Objects and columns × roles × privileges that `runMatrix` compares. */
  readonly privileges: number;
}

const OBJECTS = `
  select format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind,
    (select count(*) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped)::int as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select f.oid::regprocedure::text, 'function', 0 from pg_proc f join pg_namespace n on n.oid = f.pronamespace
  where n.nspname in ('public', 'private')`;

/** Compares the declarations with what there is in public and private. */
export const readCoverage = async (superuser: ClientBase): Promise<Coverage> => {
  const { rows } = await superuser.query<{ name: string; kind: string; columns: number }>(OBJECTS);
  const there = rows.map(({ name }) => name);
  const declared = [...tables.map(({ name }) => name), ...Object.keys(functions), ...Object.keys(sequences)];
  // Of columns select, insert, update and references; of tables all eight, and whether they may be handed on.
  const perRole = rows.reduce((sum, { kind, columns }) => {
    if (kind === 'function') return sum + 2;
    return sum + (kind === 'S' ? 3 : 4 * columns + 16);
  }, 2 * Object.keys(schemas).length);
  return {
    undeclared: there.filter((name) => !declared.includes(name)),
    vanished: declared.filter((name) => !there.includes(name)),
    privileges: perRole * (roles.length + 1),
  };
};
