import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import type { RowNames } from './expected-rows';
import { CALLERS, HEIR, naming, OTHER, OWNER } from './people';
import type { Probe } from './probe';
import { tables } from './tables';

const ATTEMPT = readFileSync(join(__dirname, 'attempt.sql'), 'utf8');

/** Puts the rows of the declarations into a migrated database, as the superuser. Triggers and foreign keys sleep meanwhile. */
export const insertRows = async (superuser: ClientBase): Promise<void> => {
  // Whatever the session prints from here on has its schema before it, public too.
  await superuser.query(`set search_path = ''`);
  const accounts = `insert into auth.users (id, email) select u::uuid, u || '@example.test' from unnest($1::text[]) u`;
  await superuser.query('begin; set local session_replication_role = replica');
  await superuser.query(accounts, [[OWNER, OTHER, HEIR]]);
  for (const { rows } of tables) await superuser.query(rows);
  await superuser.query('commit');
};

/** Makes what the matrix needs in a session: the trying function, and the names of all rows. */
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

/** What came of each probe, by cell. */
export const attempt = async (
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

/** Does something in a subtransaction that is undone. */
export const undone = async <Result>(
  superuser: ClientBase,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  await superuser.query(`savepoint ${name}`);
  try {
    return await work();
  } finally {
    await superuser.query(`rollback to savepoint ${name}`);
  }
};
