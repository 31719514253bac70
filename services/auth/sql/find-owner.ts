import type { Queryable } from '#shared/database/queryable';

/** What decides whether a caller has to send their password. */
export interface Owner {
  readonly email: string | null;
  /** Whether the caller's session was opened after `openedAfter`, here and at Supabase. */
  readonly recent: boolean;
}

const TEXT = `
  select p.email,
         coalesce(s.created_at > $3 and private.supabase_session_opened_after(s.supabase_session_id, p.id, $3), false)
           as recent
  from public.user_profiles p
  left join private.sessions s on s.id = $2 and s.user_id = p.id
  where p.id = $1`;

/** Null where the account has no profile. */
export const findOwner = async (
  database: Queryable,
  asked: { readonly userId: string; readonly sessionId: string | null; readonly openedAfter: Date },
): Promise<Owner | null> => {
  const { rows } = await database.query<Owner>(TEXT, [asked.userId, asked.sessionId, asked.openedAfter]);
  return rows[0] ?? null;
};
