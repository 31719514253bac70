import type { StoredFile } from '../domain/stored-file';

/** A file in the words of the contract. */
export const renderFile = (file: StoredFile) => ({
  id: file.id,
  purpose: file.purpose,
  name: file.name,
  declared_type: file.declaredType,
  type: file.type,
  size: file.sizeBytes,
  status: file.status,
  reason: file.reason,
  sha256: file.sha256,
  width: file.width,
  height: file.height,
  created_at: file.createdAt.toISOString(),
  decided_at: file.decidedAt?.toISOString() ?? null,
});
