import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { AuditLine } from '../domain/audit-line';
import { readAuditLog } from '../use-cases/read-audit-log';

const DEFAULT_LIMIT = 50;

export const handleListAuditLog =
  (deps: Parameters<typeof readAuditLog>[0]): HandlerOf<typeof authContract.listAuditLog> =>
  async ({ query }) => {
    const { lines, nextCursor } = await readAuditLog(deps, {
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      beforeId: query.cursor ?? null,
      actorId: query.actor ?? null,
      action: query.action ?? null,
      target: query.target ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
    });
    return {
      body: {
        success: true,
        data: lines.map(renderLine),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };

const renderLine = (line: AuditLine) => ({
  id: line.id,
  at: line.at.toISOString(),
  actor: { id: line.actorId, name: line.actorName, role: line.actorRole },
  action: line.action,
  target: line.target,
  before: line.before,
  after: line.after,
  request_id: line.requestId,
});
