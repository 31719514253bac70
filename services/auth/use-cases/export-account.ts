import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { type AccountExport, exportAccount as exportAccountRows } from '../sql/export-account';

/** Everything kept about the caller. @throws AppError `not_found` for an account that was just deleted */
export const exportAccount = async (
  { database }: { readonly database: Queryable },
  userId: string,
): Promise<AccountExport> => {
  const found = await exportAccountRows(database, userId);
  if (found === null) throw new AppError('not_found');
  return found;
};
