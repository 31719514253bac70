import type { HandlerOf } from '#shared/http/request';
import type { FilesContract } from '../contract';
import { listFiles } from '../use-cases/list-files';
import { renderFile } from './render-file';

const DEFAULT_LIMIT = 20;

export const handleListFiles =
  (deps: Parameters<typeof listFiles>[0]): HandlerOf<FilesContract['listFiles']> =>
  async ({ query, identity }) => {
    const { files, nextCursor } = await listFiles(deps, {
      userId: identity.userId,
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
      purpose: query.purpose ?? null,
      status: query.status ?? null,
    });
    return {
      body: {
        success: true,
        data: files.map(renderFile),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };
