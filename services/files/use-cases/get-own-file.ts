import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { StoredFile } from '../domain/stored-file';
import { findFile } from '../sql/find-file';

export interface OwnFile {
  readonly id: string;
  readonly userId: string;
}

/** A file of that user. Throws `file_not_found` for anybody else's, as for none. */
export const getOwnFile = async (
  { database }: { readonly database: Queryable },
  { id, userId }: OwnFile,
): Promise<StoredFile> => {
  const file = await findFile(database, id);
  if (file === null || file.userId !== userId) throw new AppError('file_not_found');
  return file;
};
