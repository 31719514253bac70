import { compareCells } from '../outcome';
import { tables } from '../tables';
import { isAskedFor, type Stage } from './stage';

const POLICIES = `
  select format('%I.%I', schemaname, tablename) as object, r as role, c as command, count(*)::text as found
  from pg_policies, unnest(roles::text[]) r,
    unnest(case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[cmd] end) c
  group by 1, 2, 3`;

const OPERATIONS = ['select', 'insert', 'update', 'delete'] as const;

const cellOf = (object: string, role: string, command: string): string =>
  `${object} · ${role} · policies for ${command}`;

type Counted = readonly [object: string, role: string, command: string, count: string];

/** On tables of Supabase's own: users read their files (test/flow/files.test.ts tries it on the embedded Storage). */
const ELSEWHERE: readonly Counted[] = [['storage.objects', 'authenticated', 'SELECT', '1']];

const expected = (): readonly Counted[] =>
  ELSEWHERE.concat(
    tables.flatMap(({ name, isView, may }) =>
      Object.entries(isView ? {} : may).flatMap(([role, access]) =>
        OPERATIONS.filter((operation) => access[operation] !== undefined).map(
          (operation): Counted => [name, role, operation.toUpperCase(), '1'],
        ),
      ),
    ),
  );

/**
 * One policy for each role and command that is declared: none in any other schema but what is said below, none that adds to another one and would
 * keep a row open when that one is mended, none for somebody who is not meant.
 */
export const policies: Stage = async (question) => {
  const { rows } =
    await question.superuser.query<Record<'object' | 'role' | 'command' | 'found', string>>(POLICIES);
  return compareCells(
    new Map(
      expected()
        .filter(([object]) => isAskedFor(question, object))
        .map(([object, role, command, count]) => [cellOf(object, role, command), count]),
    ),
    new Map(
      rows
        .filter(({ object }) => isAskedFor(question, object))
        .map(({ object, role, command, found }) => [cellOf(object, role, command), found]),
    ),
  );
};
