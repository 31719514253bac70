import type { FileType, Purpose } from './purposes';
import type { RefusalReason } from './refusal';

export type FileStatus = 'pending' | 'inspecting' | 'accepted' | 'refused';

/** A row of public.files. */
export interface StoredFile {
  readonly id: string;
  readonly userId: string;
  readonly purpose: Purpose;
  readonly name: string;
  readonly declaredType: FileType;
  readonly type: FileType | null;
  readonly sizeBytes: number;
  readonly status: FileStatus;
  readonly reason: RefusalReason | null;
  /** Where it is kept; null until accepted. */
  readonly bucket: string | null;
  readonly objectKey: string | null;
  readonly sha256: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
}
