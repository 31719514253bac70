import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import type { Codec } from '../domain/codec';
import { inspectFile, type Verdict } from '../domain/inspect-file';
import { objectKey, purposeRules, QUARANTINE } from '../domain/purposes';
import type { RefusalReason } from '../domain/refusal';
import type { StoredFile } from '../domain/stored-file';
import type { ObjectStore } from '../ports';
import { acceptFile } from '../sql/accept-file';
import { findFile } from '../sql/find-file';
import { notifyOwner } from '../sql/notify-owner';
import { refuseFile } from '../sql/refuse-file';
import { closeUpload } from './close-upload';

export interface InspectDeps {
  readonly database: Database;
  readonly objects: Pick<ObjectStore, 'read' | 'write' | 'remove'>;
  readonly codec: Codec;
  /** SHA-256, hex. */
  readonly hash: (bytes: Buffer) => string;
}

/** What came of it; `gone`: there is nothing to decide about. */
export type Inspected = 'accepted' | 'refused' | 'decided_before' | 'gone';

/**
 * Looks at one uploaded file and decides about it. Killed anywhere and run again, or run twice at once, it comes to the same: the
 * same bytes go to the same key, one transaction decides and tells the owner, and quarantine is emptied after it.
 */
export const inspectUpload = async (deps: InspectDeps, id: string): Promise<Inspected> => {
  const file = await findFile(deps.database, id);
  if (file === null || file.status === 'pending') return 'gone';
  if (file.status !== 'inspecting') {
    await closeUpload(deps.objects, file);
    return 'decided_before';
  }
  const verdict = await lookAt(deps, file);
  const decided = verdict.accepted
    ? await accept(deps, file, verdict)
    : await refuseUpload(deps, file, verdict.reason);
  await closeUpload(deps.objects, file);
  if (!decided) return 'decided_before';
  return verdict.accepted ? 'accepted' : 'refused';
};

const lookAt = async (deps: InspectDeps, file: StoredFile): Promise<Verdict> => {
  const place = { bucket: QUARANTINE, key: objectKey(file) };
  const read = await deps.objects.read(place, file.sizeBytes);
  if (read.kind !== 'bytes') return { accepted: false, reason: read.kind };
  const { purpose, declaredType, sizeBytes } = file;
  return inspectFile(read.bytes, { purpose, declaredType, declaredBytes: sizeBytes }, deps.codec);
};

const accept = async (
  deps: InspectDeps,
  file: StoredFile,
  { bytes, type, width, height }: Extract<Verdict, { readonly accepted: true }>,
): Promise<boolean> => {
  const { bucket } = purposeRules[file.purpose];
  const key = objectKey(file);
  await deps.objects.write({ bucket, key }, { bytes, type });
  const accepted = await withTransaction(deps.database, async (tx) => {
    const isOurs = await acceptFile(tx, {
      ...{ id: file.id, type, sizeBytes: bytes.length, sha256: deps.hash(bytes) },
      ...{ bucket, objectKey: key, width, height },
    });
    if (isOurs) {
      const data = { file_id: file.id, name: file.name };
      await notifyOwner(tx, { userId: file.userId, kind: 'file_accepted', fileId: file.id, data });
    }
    return isOurs;
  });
  // Deleted meanwhile: its owner wants it gone.
  if (!accepted && (await findFile(deps.database, file.id)) === null)
    await deps.objects.remove(bucket, [key]);
  return accepted;
};

/** Refuses a file and tells its owner why; false when somebody else decided first. */
export const refuseUpload = (
  { database }: Pick<InspectDeps, 'database'>,
  file: Pick<StoredFile, 'id' | 'userId' | 'name'>,
  reason: RefusalReason,
): Promise<boolean> =>
  withTransaction(database, async (tx) => {
    const isOurs = await refuseFile(tx, { id: file.id, reason });
    if (isOurs) {
      const data = { file_id: file.id, name: file.name, reason };
      await notifyOwner(tx, { userId: file.userId, kind: 'file_refused', fileId: file.id, data });
    }
    return isOurs;
  });
