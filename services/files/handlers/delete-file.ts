import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { type DeleteFileDeps, deleteFile } from '../use-cases/delete-file';

export const handleDeleteFile =
  (deps: DeleteFileDeps): HandlerOf<FilesContract['deleteFile']> =>
  async ({ params, identity }) => {
    await deleteFile(deps, { id: params.id, userId: identity.userId });
    return { body: { success: true } };
  };
