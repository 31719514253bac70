import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { type CompleteUploadDeps, completeUpload } from '../use-cases/complete-upload';
import { renderFile } from './render-file';

export const handleCompleteUpload =
  (deps: CompleteUploadDeps): HandlerOf<FilesContract['completeUpload']> =>
  async ({ params, identity }) => {
    const file = await completeUpload(deps, { id: params.id, userId: identity.userId });
    return { body: { success: true, file: renderFile(file) } };
  };
