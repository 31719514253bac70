import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Account, ChangeOutcome } from '../domain/account';
import { findAccount } from '../sql/list-accounts';

/**
 * Whether a change was made. Throws for one that was refused: `not_found`, `own_account`, and `forbidden` for an actor who has
 * lost the role since the request began.
 */
export const wasChanged = (outcome: ChangeOutcome): boolean => {
  if (outcome === 'absent') throw new AppError('not_found');
  if (outcome === 'own_account' || outcome === 'forbidden') throw new AppError(outcome);
  return outcome === 'changed';
};

/** The account as it then stands. Throws `not_found`. */
export const standingOf = async (tx: Queryable, userId: string): Promise<Account> => {
  const account = await findAccount(tx, userId);
  if (account === null) throw new AppError('not_found');
  return account;
};
