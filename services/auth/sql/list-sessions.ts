import type { Queryable } from '#shared/database/queryable';
import type { OpenedBy } from './open-session';

export interface SessionRow {
  readonly id: string;
  readonly openedBy: OpenedBy;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly idleExpiresAt: Date;
  readonly userAgent: string | null;
  readonly address: string | null;
}

// Many live sessions mean a script that signs in anew each time; its owner needs the latest.
const LIMIT = 100;

const TEXT = `
  select id, opened_by as "openedBy", created_at as "createdAt", last_used_at as "lastUsedAt",
         idle_expires_at as "idleExpiresAt", user_agent as "userAgent", host(address) as address
  from private.sessions
  where user_id = $1 and ended_at is null and idle_expires_at > $2
    and private.supabase_session_lives(supabase_session_id, user_id)
  order by last_used_at desc, id
  limit ${LIMIT}`;

/** A user's live sessions, the last used first. */
export const listSessions = async (
  database: Queryable,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<readonly SessionRow[]> => (await database.query<SessionRow>(TEXT, [userId, now])).rows;
