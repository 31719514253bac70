import type { Queryable } from '#shared/database/queryable';
import { objectKey } from '../domain/purposes';
import type { StoredFile } from '../domain/stored-file';
import { FILE_COLUMNS, type FileRow, toStoredFile } from './file-row';

/** Marks a pending file of which something was uploaded as to be looked at; null for any other. */
export const startInspection = async (
  db: Queryable,
  file: Pick<StoredFile, 'id' | 'userId'>,
): Promise<StoredFile | null> => {
  const { rows } = await db.query<FileRow>(
    `update public.files set status = 'inspecting', completed_at = now()
     where id = $1::uuid and status = 'pending' and private.is_uploaded($2)
     returning ${FILE_COLUMNS}`,
    [file.id, objectKey(file)],
  );
  return rows[0] === undefined ? null : toStoredFile(rows[0]);
};
