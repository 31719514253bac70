import type { Queryable } from '#shared/database/queryable';

/** How a session came to be. */
export type OpenedBy = 'password' | 'email' | 'recovery' | 'oauth';

export interface OpenSession {
  readonly userId: string;
  /** For a profile that does not exist yet; an existing one keeps what its user chose. */
  readonly name: string;
  readonly tokenHash: Buffer;
  readonly supabaseSessionId: string;
  readonly openedBy: OpenedBy;
  /** Whether a session that stands already goes on as what it was opened by. */
  readonly keepsOpening: boolean;
  readonly now: Date;
  readonly idleExpiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly userAgent: string | null;
  readonly address: string | null;
}

const TEXT = `
  with account as (
    select id, email from private.hold_account($1)
  ), profile as (
    insert into public.user_profiles (id, email, name) select id, email, $2 from account
    on conflict (id) do update set email = excluded.email
    returning name
  ), preferences as (
    insert into public.user_preferences (user_id) select id from account on conflict (user_id) do nothing
  ), session as (
    insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, created_at, last_used_at,
      idle_expires_at, absolute_expires_at, user_agent, address)
    select id, $3, $4, $5, $6, $6, $7, $8, $9, $10::inet from account
    on conflict (supabase_session_id) do update set
      token_hash = excluded.token_hash, last_used_at = excluded.last_used_at,
      opened_by = case when $11 then sessions.opened_by else excluded.opened_by end,
      idle_expires_at = excluded.idle_expires_at, absolute_expires_at = excluded.absolute_expires_at,
      user_agent = excluded.user_agent, address = excluded.address
      where sessions.user_id = excluded.user_id and sessions.ended_at is null
    returning id
  ), renewed as (
    delete from private.session_tokens where session_id in (select id from session)
  )
  select profile.name, session.id as "sessionId" from profile left join session on true`;

/**
 * Opens a session of ours on a Supabase session, or gives the one that stands on it a new token, and makes or refreshes
 * the profile, with the address that the account has by then: one statement. `sessionId` is null when that Supabase
 * session's own session has ended, the whole when the account has been deleted.
 */
export const openSession = async (
  database: Queryable,
  row: OpenSession,
): Promise<{ readonly name: string; readonly sessionId: string | null } | null> => {
  const { rows } = await database.query<{ name: string; sessionId: string | null }>(TEXT, [
    row.userId,
    row.name,
    row.tokenHash,
    row.supabaseSessionId,
    row.openedBy,
    row.now,
    row.idleExpiresAt,
    row.absoluteExpiresAt,
    row.userAgent,
    row.address,
    row.keepsOpening,
  ]);
  return rows[0] ?? null;
};
