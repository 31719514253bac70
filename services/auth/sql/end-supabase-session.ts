import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with ended as (
    update private.sessions set ended_at = $3, ended_because = 'signed_out'
    where supabase_session_id = $1 and user_id = $2 and ended_at is null
  )
  select private.end_supabase_sessions($2, array[$1::uuid])`;

/** Ends a Supabase session and ours on it, if there is one. */
export const endSupabaseSession = async (
  database: Queryable,
  asked: { readonly supabaseSessionId: string; readonly userId: string; readonly now: Date },
): Promise<void> => {
  await database.query(TEXT, [asked.supabaseSessionId, asked.userId, asked.now]);
};
