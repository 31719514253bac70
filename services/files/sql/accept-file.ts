import type { Queryable } from '#shared/database/queryable';
import type { FileType } from '../domain/purposes';

export interface AcceptedFile {
  readonly id: string;
  readonly type: FileType;
  /** Of what is stored. */
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly bucket: string;
  readonly objectKey: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** Accepts a file that is being looked at; false when somebody else decided first, or it is gone. */
export const acceptFile = async (tx: Queryable, file: AcceptedFile): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update public.files
     set status = 'accepted', type = $2, size_bytes = $3::bigint, sha256 = $4, bucket = $5, object_key = $6,
         width = $7::integer, height = $8::integer, decided_at = now()
     where id = $1::uuid and status = 'inspecting'`,
    [file.id, file.type, file.sizeBytes, file.sha256, file.bucket, file.objectKey, file.width, file.height],
  );
  return rowCount === 1;
};
