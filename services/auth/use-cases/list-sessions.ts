import type { Queryable } from '#shared/database/queryable';
import type { Now } from '#shared/kernel/ids';
import { listSessions as listSessionRows, type SessionRow } from '../sql/list-sessions';

/** The caller's live sessions, the last used first. */
export const listSessions = (
  { database, now }: { readonly database: Queryable; readonly now: Now },
  userId: string,
): Promise<readonly SessionRow[]> => listSessionRows(database, { userId, now: new Date(now()) });
