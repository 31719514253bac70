import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { ObjectStore } from '../ports';
import { deleteFile as deleteRow } from '../sql/delete-file';
import { closeUpload } from './close-upload';
import type { OwnFile } from './get-own-file';

export interface DeleteFileDeps {
  readonly database: Queryable;
  readonly objects: Pick<ObjectStore, 'write' | 'remove'>;
  /** Told where the objects could not be removed now; the sweep does it later. */
  readonly onLeft: (error: unknown) => void;
}

/**
 * Deletes a file: first the row, with which its owner can no longer reach the object and its place in the quota is free, then
 * the objects. Whatever fails behind the row is left to the sweep, as nobody could ask for it again.
 *
 * @throws AppError `file_not_found`
 */
export const deleteFile = async (
  { database, objects, onLeft }: DeleteFileDeps,
  wanted: OwnFile,
): Promise<void> => {
  const file = await deleteRow(database, wanted);
  if (file === null) throw new AppError('file_not_found');
  try {
    await closeUpload(objects, file);
    if (file.bucket !== null && file.objectKey !== null) await objects.remove(file.bucket, [file.objectKey]);
  } catch (error) {
    onLeft(error);
  }
};
