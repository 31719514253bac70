import type { Queryable } from '#shared/database/queryable';
import { type ExportedPage, exportAccount } from '../../services/auth/use-cases/export-account';

const PAGES = 1_000;

/** All pages of a user's export, each of at most so many bytes of items; as the auth service reads them. */
export const exportPages = async (
  auth: Queryable,
  userId: string,
  pageBytes?: number,
): Promise<readonly ExportedPage[]> => {
  const pages: ExportedPage[] = [];
  let cursor: string | null = null;
  do {
    const page: ExportedPage = await exportAccount({ database: auth, pageBytes }, userId, cursor);
    pages.push(page);
    cursor = page.next_cursor;
  } while (cursor !== null && pages.length < PAGES);
  return pages;
};
