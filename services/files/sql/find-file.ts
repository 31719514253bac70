import type { Queryable } from '#shared/database/queryable';
import type { StoredFile } from '../domain/stored-file';
import { FILE_COLUMNS, type FileRow, toStoredFile } from './file-row';

/** A file by its id, whoever's it is; null when there is none. */
export const findFile = async (db: Queryable, id: string): Promise<StoredFile | null> => {
  const { rows } = await db.query<FileRow>(`select ${FILE_COLUMNS} from public.files where id = $1::uuid`, [
    id,
  ]);
  return rows[0] === undefined ? null : toStoredFile(rows[0]);
};
