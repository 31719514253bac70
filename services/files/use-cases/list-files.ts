import type { Queryable } from '#shared/database/queryable';
import { decodeCursor, encodeCursor } from '../domain/cursor';
import type { StoredFile } from '../domain/stored-file';
import { type FilePage, listFiles as selectFiles } from '../sql/list-files';

export interface ListFilesRequest extends Omit<FilePage, 'after'> {
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

/** A page of a user's files. Reads one row more than asked for, to know whether another page follows. */
export const listFiles = async (
  { database }: { readonly database: Queryable },
  request: ListFilesRequest,
): Promise<{ readonly files: readonly StoredFile[]; readonly nextCursor: string | null }> => {
  const after = request.cursor === null ? null : decodeCursor(request.cursor);
  const rows = await selectFiles(database, { ...request, after, limit: request.limit + 1 });
  const files = rows.slice(0, request.limit);
  const last = files.at(-1);
  const hasMore = rows.length > request.limit && last !== undefined;
  return { files, nextCursor: hasMore ? encodeCursor({ createdAt: last.cursorAt, id: last.id }) : null };
};
