import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { type GetFileDeps, getFile } from '../use-cases/get-file';
import { renderFile } from './render-file';

export const handleGetFile =
  (deps: GetFileDeps): HandlerOf<FilesContract['getFile']> =>
  async ({ params, identity }) => {
    const { file, download } = await getFile(deps, { id: params.id, userId: identity.userId });
    const link = download && { url: download.url, expires_at: download.expiresAt.toISOString() };
    return { body: { success: true, file: renderFile(file), download: link } };
  };
