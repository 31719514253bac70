import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import type { StoredFile } from '../domain/stored-file';
import type { ObjectStore } from '../ports';
import { getOwnFile, type OwnFile } from './get-own-file';

export interface GetFileDeps {
  readonly database: Queryable;
  readonly objects: Pick<ObjectStore, 'signDownload'>;
  readonly now: Now;
}

export interface FileWithLink {
  readonly file: StoredFile;
  /** Null until the file is accepted. */
  readonly download: { readonly url: string; readonly expiresAt: Date } | null;
}

/** Long enough to follow a link, too short to pass it around. */
const LINK_SECONDS = 60;

/** A file with a link to what is stored. Throws `file_not_found` and `storage_unavailable`. */
export const getFile = async (deps: GetFileDeps, wanted: OwnFile): Promise<FileWithLink> => {
  const file = await getOwnFile(deps, wanted);
  const { bucket, objectKey: key, name } = file;
  if (bucket === null || key === null) return { file, download: null };
  const expiresAt = new Date(deps.now() + LINK_SECONDS * 1_000);
  const url = await deps.objects.signDownload({ bucket, key }, { name, seconds: LINK_SECONDS });
  return { file, download: { url, expiresAt } };
};
