import type { Queryable } from '#shared/database/queryable';

const TEXT = `
  with ended as (
    update private.sessions set ended_at = $3, ended_because = $4
    where user_id = $1 and supabase_session_id is distinct from $2 and ended_at is null
    returning id
  ), gone as (
    select private.end_other_supabase_sessions($1, $2) as sessions
  )
  select (select count(*)::int from ended) as ours, gone.sessions::int as supabases from gone`;

/**
 * Ends a user's sessions, here and at Supabase, but the one named; all of them where none is. Answers how many: those that
 * stood at Supabase, or ours alone where more of ours were left.
 */
export const endOtherSessions = async (
  database: Queryable,
  asked: {
    readonly userId: string;
    readonly keepSupabaseSessionId: string | null;
    readonly because: 'password_changed' | 'ended_by_user' | 'ended_by_operator';
    readonly now: Date;
  },
): Promise<number> => {
  const { rows } = await database.query<{ ours: number; supabases: number }>(TEXT, [
    asked.userId,
    asked.keepSupabaseSessionId,
    asked.now,
    asked.because,
  ]);
  return Math.max(0, ...rows.map(({ ours, supabases }) => Math.max(ours, supabases)));
};
