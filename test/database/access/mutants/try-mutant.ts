import type { ClientBase } from 'pg';
import type { RowNames } from '../expected-rows';
import { firstDifference, firstPrivilege } from '../matrix';
import type { Difference } from '../outcome';
import type { Mutant } from './mutant';

/** Makes the fault in a transaction, looks for the first cell that goes red, and undoes it. Null: the mutant lives. */
export const tryMutant = async (
  superuser: ClientBase,
  rowNames: RowNames,
  { sql, objects, isOfColumn }: Mutant,
): Promise<Difference | null> => {
  await superuser.query('begin');
  try {
    await superuser.query(sql);
    const look = isOfColumn ? firstPrivilege : firstDifference;
    return await look({ superuser, rowNames, only: objects });
  } finally {
    await superuser.query('rollback');
  }
};
