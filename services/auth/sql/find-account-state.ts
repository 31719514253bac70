import type { Queryable } from '#shared/database/queryable';
import type { AccountState } from '../domain/mail-order';

const TEXT = 'select private.account_state($1) as state';

/** How far an address (in lower case) has come. For what is done behind an answer, never for one. */
export const findAccountState = async (database: Queryable, email: string): Promise<AccountState> => {
  const { rows } = await database.query<{ state: AccountState }>(TEXT, [email]);
  return rows[0]?.state ?? 'absent';
};
