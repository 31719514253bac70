import type { FileType, Purpose } from '../domain/purposes';
import type { RefusalReason } from '../domain/refusal';
import type { FileStatus, StoredFile } from '../domain/stored-file';

/** The columns of a file, in the order of no importance. */
export const FILE_COLUMNS = `id, user_id, purpose, name, declared_type, type, size_bytes, status, reason, bucket, object_key,
  sha256, width, height, created_at, decided_at`;

export interface FileRow {
  readonly id: string;
  readonly user_id: string;
  readonly purpose: Purpose;
  readonly name: string;
  readonly declared_type: FileType;
  readonly type: FileType | null;
  /** bigint comes as text; sizes are far below what a number holds. */
  readonly size_bytes: string;
  readonly status: FileStatus;
  readonly reason: RefusalReason | null;
  readonly bucket: string | null;
  readonly object_key: string | null;
  readonly sha256: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly created_at: Date;
  readonly decided_at: Date | null;
}

export const toStoredFile = (row: FileRow): StoredFile => ({
  id: row.id,
  userId: row.user_id,
  purpose: row.purpose,
  name: row.name,
  declaredType: row.declared_type,
  type: row.type,
  sizeBytes: Number(row.size_bytes),
  status: row.status,
  reason: row.reason,
  bucket: row.bucket,
  objectKey: row.object_key,
  sha256: row.sha256,
  width: row.width,
  height: row.height,
  createdAt: row.created_at,
  decidedAt: row.decided_at,
});
