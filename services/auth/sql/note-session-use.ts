import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with used as (
    update private.sessions set
      last_used_at = $3,
      idle_expires_at = least($4, absolute_expires_at)
    where supabase_session_id = $1 and user_id = $2 and ended_at is null
      and idle_expires_at > $3 and absolute_expires_at > $3
    returning id
  )
  select coalesce((select name from public.user_profiles where id = $2), '') as name,
         exists (select from used)
           or not exists (select from private.sessions where supabase_session_id = $1) as lives`;

/**
 * Notes that the session on a Supabase session was used, and says whether it lives; one that we never opened (the user
 * signed in at Supabase) does. `name` is the profile's, empty where there is none.
 */
export const noteSessionUse = async (
  database: Queryable,
  asked: {
    readonly supabaseSessionId: string;
    readonly userId: string;
    readonly now: Date;
    readonly idleExpiresAt: Date;
  },
): Promise<{ readonly name: string; readonly lives: boolean }> => {
  const { rows } = await database.query<{ name: string; lives: boolean }>(TEXT, [
    asked.supabaseSessionId,
    asked.userId,
    asked.now,
    asked.idleExpiresAt,
  ]);
  const [noted] = rows;
  if (noted === undefined) throw new Error('note-session-use returned no row');
  return noted;
};
