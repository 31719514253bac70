import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with ended as (
    update private.sessions set ended_at = $3, ended_because = 'ended_by_user'
    where id = $1 and user_id = $2 and ended_at is null
    returning user_id, supabase_session_id
  )
  select private.end_supabase_sessions(user_id, array[supabase_session_id]) from ended`;

/** Ends one of a user's sessions by its id; whether there was such a live one. */
export const endOwnSession = async (
  database: Queryable,
  { id, userId, now }: { readonly id: string; readonly userId: string; readonly now: Date },
): Promise<boolean> => {
  const { rows } = await database.query(TEXT, [id, userId, now]);
  return rows.length > 0;
};
