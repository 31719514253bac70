import type { Queryable } from '#shared/database/queryable';

/** Why an account stays: what private.account_blockers answers, and a code of the catalogue. */
export type DeletionBlocker = 'subscription_open' | 'role_held';

const TEXT = 'select private.delete_account($1) as blockers';

/** Deletes an account and all that hangs on it, or answers why not. */
export const deleteAccount = async (
  database: Queryable,
  userId: string,
): Promise<readonly DeletionBlocker[]> => {
  const { rows } = await database.query<{ blockers: DeletionBlocker[] }>(TEXT, [userId]);
  return rows[0]?.blockers ?? [];
};
