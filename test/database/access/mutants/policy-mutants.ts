import type { ClientBase } from 'pg';
import { roles } from '../people';
import { tables } from '../tables';
import type { Mutant } from './mutant';

interface Policy {
  readonly table: string;
  readonly name: string;
  readonly command: string;
  readonly roles: readonly string[];
  readonly qual: string | null;
  readonly check: string | null;
}

const POLICIES = `
  select format('%I.%I', schemaname, tablename) as table, quote_ident(policyname) as name, cmd as command,
    roles::text[] as roles, qual, with_check as check
  from pg_policies where schemaname in ('public', 'private') order by 1, 2`;

/** Each policy dropped, loosened, given to others and taken from its roles. A condition that is `true` is loose already. */
const changed = ({ table, name, command, roles: holders, qual, check }: Policy): readonly Mutant[] => {
  const alter = (kind: string, change: string): Mutant => ({
    kind,
    name: `${change} (${table}: ${name})`,
    sql: `alter policy ${name} on ${table} ${change}`,
    objects: [table],
  });
  const mutants: Mutant[] = [
    {
      kind: 'drop policy',
      name: `${table}: ${name}`,
      sql: `drop policy ${name} on ${table}`,
      objects: [table],
    },
  ];
  const isWrite = command === 'INSERT' || command === 'UPDATE';
  if (qual !== null && qual !== 'true') mutants.push(alter('loosen policy', 'using (true)'));
  if (isWrite && (check ?? qual) !== 'true') mutants.push(alter('loosen policy', 'with check (true)'));
  if (!holders.includes('public')) mutants.push(alter('give policy to', 'to public'));
  for (const role of roles.filter((candidate) => !holders.includes(candidate)))
    mutants.push(alter('give policy to', `to ${[...holders, role].join(', ')}`));
  for (const role of holders.length > 1 ? holders : [])
    mutants.push(alter('take policy from', `to ${holders.filter((holder) => holder !== role).join(', ')}`));
  return mutants;
};

const COMMANDS = {
  select: 'using (true)',
  insert: 'with check (true)',
  update: 'using (true) with check (true)',
  delete: 'using (true)',
} as const;

/** A further policy for each table, command and role: permissive ones add up. */
const added = (): readonly Mutant[] =>
  tables
    .filter(({ isView }) => !isView)
    .flatMap(({ name }) =>
      Object.entries(COMMANDS).flatMap(([command, condition]) =>
        [...roles, 'public'].map((role): Mutant => {
          const policy = `${name} for ${command} to ${role} ${condition}`;
          return {
            kind: 'add policy',
            name: policy,
            sql: `create policy mutant on ${policy}`,
            objects: [name],
          };
        }),
      ),
    );

const disabled = (): readonly Mutant[] =>
  tables
    .filter(({ isView }) => !isView)
    .map(({ name }) => ({
      kind: 'disable row-level security',
      name,
      sql: `alter table ${name} disable row level security`,
      objects: [name],
    }));

/** Every fault of policies that can be made by changing one thing. */
export const policyMutants = async (superuser: ClientBase): Promise<readonly Mutant[]> => {
  const { rows } = await superuser.query<Policy>(POLICIES);
  return [...rows.flatMap(changed), ...disabled(), ...added()];
};
