import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with ended as (
    update private.sessions set ended_at = $3, ended_because = 'password_changed'
    where user_id = $1 and supabase_session_id <> $2 and ended_at is null
  )
  select private.end_other_supabase_sessions($1, $2)`;

/** Ends all of a user's sessions, here and at Supabase, but the one named: after a new password. */
export const endOtherSessions = async (
  database: Queryable,
  asked: { readonly userId: string; readonly keepSupabaseSessionId: string; readonly now: Date },
): Promise<void> => {
  await database.query(TEXT, [asked.userId, asked.keepSupabaseSessionId, asked.now]);
};
