import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { expectedRows, type RowNames } from './expected-rows';
import { CALLERS, HEIR, naming, OTHER, OWNER } from './people';
import { placeProbes } from './place-probes';
import {
  expectedPrivileges,
  PRIVILEGES,
  type Privilege,
  privilegeCell,
  privilegeParameters,
} from './privileges';
import type { Layer, Probe } from './probe';
import { tableProbes } from './table-probes';
import { tables } from './tables';

/** A cell that is not as declared. */
export interface Difference {
  readonly cell: string;
  readonly expected: string;
  readonly found: string;
}

export interface Outcome {
  readonly cells: number;
  readonly differences: readonly Difference[];
}

/** Nothing, where a privilege is not held. */
const NOTHING = 'nothing';

const ATTEMPT = readFileSync(join(__dirname, 'attempt.sql'), 'utf8');

/** Puts the rows of the declarations into a migrated database, as the superuser. Triggers and foreign keys sleep meanwhile. */
export const insertRows = async (superuser: ClientBase): Promise<void> => {
  const accounts = `insert into auth.users (id, email) select u::uuid, u || '@example.test' from unnest($1::text[]) u`;
  await superuser.query(`begin; set local session_replication_role = replica`);
  await superuser.query(accounts, [[OWNER, OTHER, HEIR]]);
  for (const { rows } of tables) await superuser.query(rows);
  await superuser.query('commit');
};

/** Makes what `runMatrix` needs in a session: the trying function, and the names of all rows. */
export const prepareMatrix = async (superuser: ClientBase): Promise<RowNames> => {
  await superuser.query(ATTEMPT);
  await superuser.query('create temp table tandem_access_rows (table_name text, row_name text)');
  for (const { name, whose } of tables)
    await superuser.query(
      `insert into tandem_access_rows select distinct '${name}', ${naming(whose)} from ${name}`,
    );
  const { rows } = await superuser.query<{ table_name: string; row_name: string }>(
    'select table_name, row_name from tandem_access_rows',
  );
  const names = new Map<string, string[]>();
  for (const { table_name, row_name } of rows)
    names.set(table_name, [...(names.get(table_name) ?? []), row_name]);
  return names;
};

const attempt = async (
  superuser: ClientBase,
  probes: readonly Probe[],
): Promise<ReadonlyMap<string, string>> => {
  const tried = probes.map(({ caller, ...probe }) => {
    const { role, claims } = CALLERS[caller];
    return { ...probe, role, claims: JSON.stringify(claims) };
  });
  const { rows } = await superuser.query<{ cell: string; verdict: string }>(
    'select cell, verdict from pg_temp.attempt($1)',
    [JSON.stringify(tried)],
  );
  return new Map(rows.map(({ cell, verdict }) => [cell, verdict]));
};

const differing = (
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly Difference[] =>
  [...new Set([...expected.keys(), ...found.keys()])].flatMap((cell) => {
    const [wanted, got] = [expected.get(cell) ?? NOTHING, found.get(cell) ?? NOTHING];
    return wanted === got ? [] : [{ cell, expected: wanted, found: got }];
  });

/** Within a subtransaction that is undone. */
const undone = async <Result>(superuser: ClientBase, work: () => Promise<Result>): Promise<Result> => {
  await superuser.query('savepoint matrix');
  try {
    return await work();
  } finally {
    await superuser.query('rollback to savepoint matrix');
  }
};

/** Tables and their rows: every operation by every caller, in both layers. */
const rowsAsDeclared = async (
  superuser: ClientBase,
  layer: Layer,
  rowNames: RowNames,
  isWanted: (name: string) => boolean,
): Promise<Outcome> => {
  const wanted = tables.filter(({ name }) => isWanted(name));
  if (wanted.length === 0) return { cells: 0, differences: [] };
  return undone(superuser, async () => {
    // Of access rules alone: what rows must hold in themselves is tested elsewhere, and would hide them here.
    await superuser.query('set local session_replication_role = replica');
    if (layer === 'policies') {
      const names = wanted.map(({ name }) => name).join(', ');
      await superuser.query(`grant usage on schema private to public; grant all on ${names} to public;
        grant all on all sequences in schema public, private to public`);
    }
    const expected = new Map(wanted.flatMap((table) => [...expectedRows(table, layer, rowNames)]));
    const found = await attempt(
      superuser,
      wanted.flatMap((table) => tableProbes(table, layer)),
    );
    return { cells: expected.size, differences: differing(expected, found) };
  });
};

const placesAsDeclared = async (
  superuser: ClientBase,
  isWanted: (name: string) => boolean,
): Promise<Outcome> => {
  const wanted = placeProbes().filter(({ probe }) => isWanted(probe.cell.split(' · ')[0] ?? ''));
  if (wanted.length === 0) return { cells: 0, differences: [] };
  return undone(superuser, async () => {
    const expected = new Map(wanted.map(({ probe, verdict }) => [probe.cell, verdict]));
    const found = await attempt(
      superuser,
      wanted.map(({ probe }) => probe),
    );
    return { cells: expected.size, differences: differing(expected, found) };
  });
};

const privilegesAsDeclared = async (
  superuser: ClientBase,
  only: readonly string[] | undefined,
): Promise<Outcome> => {
  const { rows } = await superuser.query<Privilege>(PRIVILEGES, [...privilegeParameters(only)]);
  const found = new Map(rows.map((row) => [privilegeCell(row), row.held]));
  const expected = new Map(
    [...expectedPrivileges()].filter(([cell]) => only?.includes(cell.split(' · ')[0] ?? '') ?? true),
  );
  return {
    cells: new Set([...expected.keys(), ...found.keys()]).size,
    differences: differing(expected, found),
  };
};

/**
 * Compares what Postgres lets everybody do with what is declared. Changes nothing.
 *
 * @param superuser inside a transaction of a database that `insertRows` and, in this session, `prepareMatrix` have seen
 * @param only names of objects to look at; all by default
 */
export const runMatrix = async (
  superuser: ClientBase,
  rowNames: RowNames,
  only?: readonly string[],
): Promise<Outcome> => {
  const isWanted = (name: string): boolean => only === undefined || only.includes(name);
  const outcomes = [
    await rowsAsDeclared(superuser, 'whole', rowNames, isWanted),
    await rowsAsDeclared(superuser, 'policies', rowNames, isWanted),
    await placesAsDeclared(superuser, isWanted),
    await privilegesAsDeclared(superuser, only),
  ];
  return {
    cells: outcomes.reduce((sum, { cells }) => sum + cells, 0),
    differences: outcomes.flatMap(({ differences }) => differences),
  };
};
