import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { deviceName } from '../domain/device-name';
import { listSessions } from '../use-cases/list-sessions';

export const handleListSessions =
  (deps: Parameters<typeof listSessions>[0]): HandlerOf<typeof authContract.listSessions> =>
  async ({ identity }) => {
    const rows = await listSessions(deps, identity.userId);
    const sessions = rows.map((row) => ({
      id: row.id,
      opened_by: row.openedBy,
      created_at: row.createdAt.toISOString(),
      last_used_at: row.lastUsedAt.toISOString(),
      expires_at: row.idleExpiresAt.toISOString(),
      device: deviceName(row.userAgent),
      user_agent: row.userAgent,
      address: row.address,
      current: row.id === identity.sessionId,
    }));
    return { body: { success: true, sessions } };
  };
