import type { Queryable } from '#shared/database/queryable';
import type { AllowedUpload } from '../domain/check-upload';
import type { StoredFile } from '../domain/stored-file';
import { FILE_COLUMNS, type FileRow, toStoredFile } from './file-row';

export interface FileReservation extends AllowedUpload {
  readonly id: string;
  readonly userId: string;
}

/**
 * Takes a file's place in its owner's quota; null when there is none left. In a transaction: the lock, of the user's files as a
 * whole, is held until it commits, so that what runs beside it counts this one too.
 */
export const reserveFile = async (
  tx: Queryable,
  file: FileReservation,
  quota: { readonly files: number; readonly bytes: number },
): Promise<StoredFile | null> => {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('files of ' || $1::text, 0))`, [file.userId]);
  const { rows } = await tx.query<FileRow>(
    `insert into public.files (id, user_id, purpose, name, declared_type, size_bytes)
     select $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::bigint
     from (select count(*) as files, coalesce(sum(size_bytes), 0) as bytes
           from public.files where user_id = $2::uuid) kept
     where kept.files < $7::bigint and kept.bytes + $6::bigint <= $8::bigint
     returning ${FILE_COLUMNS}`,
    [file.id, file.userId, file.purpose, file.name, file.type, file.size, quota.files, quota.bytes],
  );
  return rows[0] === undefined ? null : toStoredFile(rows[0]);
};
