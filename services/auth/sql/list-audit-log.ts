import type { Queryable } from '#shared/database/queryable';
import type { AuditLine } from '../domain/audit-line';

export interface AuditPage {
  readonly actorId: string | null;
  readonly action: string | null;
  readonly target: string | null;
  /** From this moment on, up to but not at that one; ISO 8601. */
  readonly from: string | null;
  readonly to: string | null;
  /** The last line of the page before. */
  readonly beforeId: string | null;
  readonly limit: number;
}

const TEXT = `
  select id, at, actor_id as "actorId", actor_name as "actorName", actor_role as "actorRole", action, target,
         before, after, request_id as "requestId"
  from private.audit_log
  where ($1::uuid is null or actor_id = $1)
    and ($2::text is null or action = $2)
    and ($3::text is null or target = $3)
    and ($4::timestamptz is null or at >= $4)
    and ($5::timestamptz is null or at < $5)
    and ($6::bigint is null or id < $6)
  order by id desc
  limit $7::int`;

/** A page of the audit log, newest first. */
export const listAuditLog = async (database: Queryable, page: AuditPage): Promise<readonly AuditLine[]> => {
  const { actorId, action, target, from, to, beforeId, limit } = page;
  return (await database.query<AuditLine>(TEXT, [actorId, action, target, from, to, beforeId, limit])).rows;
};
