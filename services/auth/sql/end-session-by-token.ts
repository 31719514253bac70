import type { Queryable } from '#shared/database/queryable';

// Found first and ended by its id: a rotation that commits while the update waits for it has changed the token.
const TEXT = `
  with named as materialized (
    select id from private.sessions where token_hash = $1
    union all
    select session_id from private.session_tokens where token_hash = $1
  ), ended as (
    update private.sessions s set ended_at = $2, ended_because = 'signed_out'
    from named where s.id = named.id and s.ended_at is null
    returning s.user_id, s.supabase_session_id
  )
  select private.end_supabase_sessions(user_id, array[supabase_session_id]) from ended`;

/**
 * Ends the session of an opaque token, be it the current one or one that was replaced, and the Supabase session under it. Nothing
 * where there is none.
 */
export const endSessionByToken = async (
  database: Queryable,
  { tokenHash, now }: { readonly tokenHash: Buffer; readonly now: Date },
): Promise<void> => {
  await database.query(TEXT, [tokenHash, now]);
};
