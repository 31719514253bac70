import type { Queryable } from '#shared/database/queryable';
import type { Purpose } from '../domain/purposes';
import type { FileStatus, StoredFile } from '../domain/stored-file';
import { FILE_COLUMNS, type FileRow, toStoredFile } from './file-row';

export interface FilePage {
  readonly userId: string;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: { readonly createdAt: string; readonly id: string } | null;
  readonly purpose: Purpose | null;
  readonly status: FileStatus | null;
}

/** A user's files, newest first; `cursorAt` keeps the microseconds that a Date would lose. */
export const listFiles = async (
  db: Queryable,
  page: FilePage,
): Promise<readonly (StoredFile & { readonly cursorAt: string })[]> => {
  const { rows } = await db.query<FileRow & { readonly cursor_at: string }>(
    `select ${FILE_COLUMNS},
            to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
     from public.files
     where user_id = $1::uuid
       and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
       and ($4::text is null or purpose = $4)
       and ($5::text is null or status = $5)
     order by created_at desc, id desc
     limit $6::int`,
    [
      page.userId,
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.purpose,
      page.status,
      page.limit,
    ],
  );
  return rows.map((row) => ({ ...toStoredFile(row), cursorAt: row.cursor_at }));
};
