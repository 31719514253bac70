import type { Database } from '#shared/database/pool';
import type { HandlersOf } from '#shared/http/request';
import type { Now } from '#shared/kernel/ids';
import type { auditRoutes } from './contract/audit-routes';
import type { userRoutes } from './contract/user-routes';
import { handleBanUser, handleUnbanUser } from './handlers/ban-user';
import { handleRemoveRole, handleSetRole } from './handlers/change-role';
import { handleEndUserSessions } from './handlers/end-user-sessions';
import { handleGetUser } from './handlers/get-user';
import { handleListAuditLog } from './handlers/list-audit-log';
import { handleListUsers } from './handlers/list-users';

/** The handlers that people with a role call. */
export const wireBackOffice = (parts: {
  readonly database: Database;
  readonly now: Now;
}): HandlersOf<typeof userRoutes & typeof auditRoutes> => ({
  listUsers: handleListUsers(parts),
  getUser: handleGetUser(parts),
  endUserSessions: handleEndUserSessions(parts),
  banUser: handleBanUser(parts),
  unbanUser: handleUnbanUser(parts),
  setRole: handleSetRole(parts),
  removeRole: handleRemoveRole(parts),
  listAuditLog: handleListAuditLog(parts),
});
