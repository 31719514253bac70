import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { decodeExportCursor, encodeExportCursor } from '../domain/export-cursor';
import { type AccountExport, exportAccount as exportAccountRows } from '../sql/export-account';

/**
 * Bytes of items on a page. Lambda answers 6 MB at most, and the body is a JSON string in its answer, in which a byte becomes two
 * at worst (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
const PAGE_BYTES = 2_500_000;

export interface ExportDeps {
  readonly database: Queryable;
  readonly pageBytes?: number | undefined;
}

export interface ExportedPage extends Omit<AccountExport, 'next'> {
  readonly next_cursor: string | null;
}

/**
 * A page of everything kept about the caller. @throws AppError `not_found` for an account that was just deleted,
 * `request_invalid` for a cursor that is none
 */
export const exportAccount = async (
  { database, pageBytes = PAGE_BYTES }: ExportDeps,
  userId: string,
  cursor: string | null,
): Promise<ExportedPage> => {
  const after = cursor === null ? null : decodeExportCursor(cursor);
  const found = await exportAccountRows(database, { userId, after, maxBytes: pageBytes });
  if (found === null) throw new AppError('not_found');
  const { next, ...page } = found;
  return { ...page, next_cursor: next === null ? null : encodeExportCursor(next) };
};
