import type { Queryable } from '#shared/database/queryable';

/** What decides whether and how a user may set a new password. */
export interface PasswordChange {
  readonly email: string | null;
  /** Whether the caller's session was opened by a recovery mail after `recoveredSince`. */
  readonly recovering: boolean;
}

const TEXT = `
  select p.email,
         coalesce(s.opened_by = 'recovery' and s.created_at > $3, false) as recovering
  from public.user_profiles p
  left join private.sessions s on s.id = $2 and s.user_id = p.id
  where p.id = $1`;

/** Null where the account has no profile. */
export const findPasswordChange = async (
  database: Queryable,
  asked: { readonly userId: string; readonly sessionId: string | null; readonly recoveredSince: Date },
): Promise<PasswordChange | null> => {
  const { rows } = await database.query<PasswordChange>(TEXT, [
    asked.userId,
    asked.sessionId,
    asked.recoveredSince,
  ]);
  return rows[0] ?? null;
};
