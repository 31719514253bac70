import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import { endOwnSession } from '../sql/end-own-session';

/** Ends one of the caller's sessions. @throws AppError `not_found`, the same for ended, foreign and absent ones */
export const endSession = async (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  asked: { readonly id: string; readonly userId: string },
): Promise<void> => {
  if (!(await endOwnSession(database, { ...asked, now: new Date(now()) }))) throw new AppError('not_found');
};
