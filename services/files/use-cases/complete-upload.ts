import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { StoredFile } from '../domain/stored-file';
import type { OrderInspection } from '../ports';
import { startInspection } from '../sql/start-inspection';
import { getOwnFile, type OwnFile } from './get-own-file';

export interface CompleteUploadDeps {
  readonly database: Queryable;
  readonly orderInspection: OrderInspection;
}

/**
 * Has an uploaded file looked at. Repeated, it orders again while the file is not decided about, in case the first order was
 * lost, and answers how it stands afterwards.
 *
 * @throws AppError `file_not_found`, `file_not_uploaded`, `queue_unavailable`
 */
export const completeUpload = async (deps: CompleteUploadDeps, wanted: OwnFile): Promise<StoredFile> => {
  const file = await getOwnFile(deps, wanted);
  if (file.status === 'accepted' || file.status === 'refused') return file;
  const started = file.status === 'inspecting' ? file : await start(deps, file, wanted);
  await deps.orderInspection(started.id);
  return started;
};

const start = async (deps: CompleteUploadDeps, file: StoredFile, wanted: OwnFile): Promise<StoredFile> => {
  const started = await startInspection(deps.database, file);
  if (started !== null) return started;
  // Nothing is there, or another request was faster.
  const current = await getOwnFile(deps, wanted);
  if (current.status === 'pending') throw new AppError('file_not_uploaded');
  return current;
};
