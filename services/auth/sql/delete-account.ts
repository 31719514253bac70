import type { Queryable } from '#shared/database/queryable';

const TEXT = 'select private.delete_account($1) as blockers';

/** Deletes an account and all that hangs on it, or answers why not: codes of private.account_blockers. */
export const deleteAccount = async (database: Queryable, userId: string): Promise<readonly string[]> => {
  const { rows } = await database.query<{ blockers: string[] }>(TEXT, [userId]);
  return rows[0]?.blockers ?? [];
};
