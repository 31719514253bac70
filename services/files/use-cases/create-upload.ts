import type { Database } from '#shared/database/pool';
import type { Queryable } from '#shared/database/queryable';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError } from '#shared/errors/app-error';
import type { MakeId } from '#shared/kernel/ids';
import { checkUpload, type UploadWish } from '../domain/check-upload';
import { objectKey, QUARANTINE, QUOTA } from '../domain/purposes';
import type { StoredFile } from '../domain/stored-file';
import type { ObjectPlace, ObjectStore, UploadLink } from '../ports';
import { claimUploadKey, findUploadKey, type KeyedUpload, type UploadKey } from '../sql/claim-upload-key';
import { findFile } from '../sql/find-file';
import { reserveFile } from '../sql/reserve-file';

export interface CreateUploadDeps {
  readonly database: Database;
  readonly objects: Pick<ObjectStore, 'signUpload'>;
  readonly makeId: MakeId;
}

export interface CreateUploadRequest extends UploadWish {
  readonly userId: string;
  /** Null: the client takes the risk of asking twice. */
  readonly key: string | null;
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
}

export interface CreatedUpload {
  readonly file: StoredFile;
  /** Where to upload to; null where something was uploaded already. */
  readonly upload: (ObjectPlace & UploadLink) | null;
}

/**
 * Takes a file's place in the quota and answers a link to its place in quarantine. The same key is the same file: a repeat gets
 * a link made anew, as the first may have died with the answer, and nothing is taken twice.
 *
 * @throws AppError as checkUpload; `file_quota_exceeded`, `idempotency_key_reused`, `storage_unavailable`; `file_not_found`
 *   where the key's file has been deleted
 */
export const createUpload = async (
  { database, objects, makeId }: CreateUploadDeps,
  request: CreateUploadRequest,
): Promise<CreatedUpload> => {
  const wish = checkUpload(request);
  const { userId, key, requestHash } = request;
  const id = makeId();
  const file = await withTransaction(database, async (tx) => {
    const known = key === null ? null : await claimOrFind(tx, { userId, key, requestHash, fileId: id });
    if (known !== null) return known;
    const { purpose, name, type, size } = wish;
    const reserved = await reserveFile(tx, { id, userId, purpose, name, type, size }, QUOTA);
    if (reserved === null) throw new AppError('file_quota_exceeded');
    return reserved;
  });
  const place = { bucket: QUARANTINE, key: objectKey(file) };
  const link = file.status === 'pending' ? await objects.signUpload(place) : null;
  return { file, upload: link === null ? null : { ...place, ...link } };
};

/** The file that a key stands for already; null when it is new, and stands for this one now. */
const claimOrFind = async (tx: Queryable, claim: UploadKey & KeyedUpload): Promise<StoredFile | null> => {
  if (await claimUploadKey(tx, claim)) return null;
  const before = await findUploadKey(tx, claim);
  if (before !== null && before.requestHash !== claim.requestHash)
    throw new AppError('idempotency_key_reused');
  const known = before === null ? null : await findFile(tx, before.fileId);
  if (known === null) throw new AppError('file_not_found');
  return known;
};
