import type { Queryable } from '#shared/database/queryable';
import type { StoredFile } from '../domain/stored-file';
import { FILE_COLUMNS, type FileRow, toStoredFile } from './file-row';

/** Deletes a user's file and answers what it was; null for none, and for anybody else's. */
export const deleteFile = async (
  db: Queryable,
  file: { readonly id: string; readonly userId: string },
): Promise<StoredFile | null> => {
  const { rows } = await db.query<FileRow>(
    `delete from public.files where id = $1::uuid and user_id = $2::uuid returning ${FILE_COLUMNS}`,
    [file.id, file.userId],
  );
  return rows[0] === undefined ? null : toStoredFile(rows[0]);
};
