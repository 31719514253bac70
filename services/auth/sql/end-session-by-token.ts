import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with ended as (
    update private.sessions set ended_at = $2, ended_because = 'signed_out'
    where ended_at is null
      and (token_hash = $1 or id in (select session_id from private.session_tokens where token_hash = $1))
    returning user_id, supabase_session_id
  )
  select private.end_supabase_sessions(user_id, array[supabase_session_id]) from ended`;

/** Ends the session of an opaque token, be it the current one or one that was replaced, and the Supabase session under it. Nothing where there is none. */
export const endSessionByToken = async (
  database: Queryable,
  { tokenHash, now }: { readonly tokenHash: Buffer; readonly now: Date },
): Promise<void> => {
  await database.query(TEXT, [tokenHash, now]);
};
