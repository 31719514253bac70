import { undone } from '../fixture';
import { compareCells } from '../outcome';
import { roles } from '../people';
import { isAskedFor, type Stage } from './stage';

/** By this name mutants ask for this stage. */
export const NEW_OBJECTS = 'new objects';

const MAKE = ['public', 'private']
  .map(
    (schema) => `create table ${schema}.newcomer (id int);
      create sequence ${schema}.newcomers;
      create function ${schema}.greet() returns int language sql return 1;`,
  )
  .join('\n');

const HELD = `
  select s.name as schema, r.role,
    (has_any_column_privilege(r.role, s.name || '.newcomer', 'SELECT, INSERT, UPDATE, REFERENCES')
      or has_table_privilege(r.role, s.name || '.newcomer', 'DELETE, TRUNCATE, TRIGGER, MAINTAIN')) as "table",
    has_sequence_privilege(r.role, s.name || '.newcomers', 'USAGE, SELECT, UPDATE') as sequence,
    has_function_privilege(r.role, s.name || '.greet()', 'EXECUTE') as function
  from unnest(array['public', 'private']) as s(name), unnest($1::text[]) as r(role)`;

/** What the owner makes is nobody else's until a migration says so. */
export const newObjects: Stage = (question) => {
  if (!isAskedFor(question, NEW_OBJECTS)) return Promise.resolve({ cells: 0, differences: [] });
  const { superuser } = question;
  return undone(superuser, 'new_objects', async () => {
    await superuser.query('set local role postgres');
    await superuser.query(MAKE);
    const { rows } = await superuser.query<Record<string, string | boolean>>(HELD, [
      [...roles, 'authenticator'],
    ]);
    const found = rows.flatMap(({ schema, role, ...held }) =>
      Object.entries(held).map(
        ([kind, isHeld]) =>
          [`${NEW_OBJECTS} · ${role} · ${kind} in ${schema}`, isHeld ? 'held' : 'nothing'] as const,
      ),
    );
    return compareCells(new Map(found.map(([cell]) => [cell, 'nothing'])), new Map(found));
  });
};
