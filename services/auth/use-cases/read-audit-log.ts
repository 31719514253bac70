import type { Queryable } from '#shared/database/queryable';
import type { AuditLine } from '../domain/audit-line';
import { type AuditPage, listAuditLog } from '../sql/list-audit-log';

/** A page of the audit log, newest first. */
export const readAuditLog = async (
  { database }: { readonly database: Queryable },
  page: AuditPage,
): Promise<{ readonly lines: readonly AuditLine[]; readonly nextCursor: string | null }> => {
  const rows = await listAuditLog(database, { ...page, limit: page.limit + 1 });
  const lines = rows.slice(0, page.limit);
  return { lines, nextCursor: rows.length > page.limit ? (lines.at(-1)?.id ?? null) : null };
};
