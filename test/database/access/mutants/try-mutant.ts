import type { ClientBase } from 'pg';
import type { RowNames } from '../expected-rows';
import { undone } from '../fixture';
import { firstDifference, firstPrivilege } from '../matrix';
import type { Difference } from '../outcome';
import type { Mutant } from './mutant';

/** Makes the fault within the transaction, looks for the first cell that goes red, and unmakes it. Null: the mutant lives. */
export const tryMutant = (
  superuser: ClientBase,
  rowNames: RowNames,
  { sql, objects, isOfColumn }: Mutant,
): Promise<Difference | null> =>
  undone(superuser, 'mutant', async () => {
    await superuser.query(sql);
    const look = isOfColumn ? firstPrivilege : firstDifference;
    return look({ superuser, rowNames, only: objects });
  });
