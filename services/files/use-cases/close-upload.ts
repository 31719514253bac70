import { objectKey, QUARANTINE } from '../domain/purposes';
import type { ObjectStore } from '../ports';

/**
 * Empties a file's place in quarantine. Emptied, not removed: a link for uploading there lives on for two hours and cannot be
 * called back, but it never replaces an object. The sweep removes what is older than a day.
 */
export const closeUpload = (
  objects: Pick<ObjectStore, 'write'>,
  file: { readonly id: string; readonly userId: string },
): Promise<void> =>
  objects.write(
    { bucket: QUARANTINE, key: objectKey(file) },
    { bytes: Buffer.alloc(0), type: 'application/octet-stream' },
  );
