import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { Account, PaymentSums } from '../domain/account';
import { countLiveSessions } from '../sql/count-live-sessions';
import { findAccount } from '../sql/list-accounts';
import { sumPayments } from '../sql/sum-payments';

export interface AccountInFull {
  readonly account: Account;
  /** Live ones. */
  readonly sessions: number;
  readonly payments: readonly PaymentSums[];
}

/** One account with its sessions counted and its payments summed. Throws `not_found`. */
export const getUser = async (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  userId: string,
): Promise<AccountInFull> => {
  const account = await findAccount(database, userId);
  if (account === null) throw new AppError('not_found');
  const sessions = await countLiveSessions(database, { userId, now: new Date(now()) });
  return { account, sessions, payments: await sumPayments(database, userId) };
};
