import type { Database } from '#shared/database/pool';
import type { HttpService } from '#shared/http/http-handler';
import { callLimiter } from '#shared/http/limit-call';
import type { RateLimiter } from '#shared/http/rate-limiter';
import type { Authenticate } from '#shared/http/request';
import type { MakeId, Now } from '#shared/kernel/ids';
import { type FilesContract, filesContract } from './contract';
import { handleCompleteUpload } from './handlers/complete-upload';
import { handleCreateUpload } from './handlers/create-upload';
import { handleDeleteFile } from './handlers/delete-file';
import { handleGetFile } from './handlers/get-file';
import { handleGetQuota } from './handlers/get-quota';
import { handleListFiles } from './handlers/list-files';
import type { ObjectStore, OrderInspection } from './ports';

export interface FilesParts {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly orderInspection: OrderInspection;
  /** Told where objects of a deleted file are left to the sweep. */
  readonly onLeft: (error: unknown) => void;
  readonly authenticate: Authenticate;
  readonly allowedOrigins: readonly string[];
  readonly limiter: RateLimiter;
  readonly now: Now;
  readonly makeId: MakeId;
}

/** Puts the HTTP half of the files service together; tests give it other parts. */
export const wireService = (parts: FilesParts): HttpService<FilesContract> => ({
  contract: filesContract,
  handlers: {
    createUpload: handleCreateUpload(parts),
    completeUpload: handleCompleteUpload(parts),
    listFiles: handleListFiles(parts),
    getQuota: handleGetQuota(parts),
    getFile: handleGetFile(parts),
    deleteFile: handleDeleteFile(parts),
  },
  authenticate: parts.authenticate,
  allowedOrigins: parts.allowedOrigins,
  limiter: callLimiter(parts.limiter),
});
