import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  select count(*)::int as sessions
  from private.sessions
  where user_id = $1 and ended_at is null and idle_expires_at > $2 and absolute_expires_at > $2
    and private.supabase_session_lives(supabase_session_id, user_id)`;

/** How many sessions a user has that still live. */
export const countLiveSessions = async (
  database: Queryable,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<number> =>
  (await database.query<{ sessions: number }>(TEXT, [userId, now])).rows[0]?.sessions ?? 0;
