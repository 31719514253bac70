import { compareCells, objectOf } from '../outcome';
import {
  expectedPrivileges,
  PRIVILEGES,
  type Privilege,
  privilegeCell,
  privilegeParameters,
} from '../privileges';
import { isAskedFor, type Stage } from './stage';

/** Every privilege of every role on everything, columns included, as Postgres itself judges. */
export const privileges: Stage = async (question) => {
  const { superuser, only } = question;
  const { rows } = await superuser.query<Privilege>(PRIVILEGES, [...privilegeParameters(only)]);
  const found = new Map(rows.map((row) => [privilegeCell(row), row.held]));
  const expected = [...expectedPrivileges()].filter(([cell]) => isAskedFor(question, objectOf(cell)));
  return compareCells(new Map(expected), found);
};
