import type { ClientBase } from 'pg';
import { BYPASSES, roles } from '../people';
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

const ASKING = roles.filter((role) => role !== BYPASSES);

/**
 * Each policy dropped, loosened and given to others. Left out is what changes nothing: a condition that is `true` already,
 * and a role that passes row-level security anyway.
 */
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
  for (const role of ASKING.filter((candidate) => !holders.includes(candidate)))
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

/** A further policy for each table, command and role: permissive ones add up. Not where the role has all of it already. */
const added = (): readonly Mutant[] =>
  tables
    .filter(({ isView }) => !isView)
    .flatMap(({ name, may }) =>
      Object.entries(COMMANDS).flatMap(([command, condition]) =>
        [...ASKING, 'public' as const].flatMap((role): readonly Mutant[] => {
          const access = role === 'public' ? undefined : may[role];
          const hasAll =
            access?.[command as keyof typeof COMMANDS] !== undefined &&
            (access.rows === undefined || (typeof access.rows === 'object' && !(command in access.rows))) &&
            !access.refused?.some((refused) => refused.startsWith(command));
          if (hasAll) return [];
          const sql = `create policy mutant on ${name} for ${command} to ${role} ${condition}`;
          return [
            { kind: 'add policy', name: sql.slice('create policy mutant on '.length), sql, objects: [name] },
          ];
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
