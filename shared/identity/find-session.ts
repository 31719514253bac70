import type { Queryable } from '#shared/database/queryable';
import { isAppError } from '#shared/errors/app-error';
import type { LimitCheck } from '#shared/http/rate-limiter';
import { SESSION_IDLE_MS, SESSION_TOUCH_MS, TOKEN_OVERLAP_MS } from '#shared/identity/session-lifetime';

/** A session as the identity check needs it. */
export interface FoundSession {
  /** Null where no session of ours stands behind the Supabase session. */
  readonly id: string | null;
  readonly userId: string;
  readonly supabaseSessionId: string;
  /** Neither ended nor expired, and Supabase Auth still has its session and lets the account act. */
  readonly lives: boolean;
  /** Whether it was named by a token that was replaced longer ago than the overlap: a copy. */
  readonly tokenReused: boolean;
  /** Whether the account has a second factor that this session has not shown. */
  readonly secondFactorMissing: boolean;
  /** The user's role in private.roles; null for an ordinary user. */
  readonly role: 'support' | 'admin' | null;
  /** What private.take_from_limit answers; null where nothing was to be counted. */
  readonly counted: readonly string[] | null;
}

// $1 now; $2 idle milliseconds; $3 how stale last_used_at may be, milliseconds; $6 to $8 what to count, null for nothing.
// `found` is the caller's.
const NOTE_USE_AND_ANSWER = `
  noted as (
    update private.sessions s
    set last_used_at = $1,
        idle_expires_at = least($1 + $2 * interval '1 millisecond', s.absolute_expires_at)
    from found
    where s.id = found.id and found.lives and s.ended_at is null
      and s.last_used_at < $1 - $3 * interval '1 millisecond'
  )
  select found.id, found.user_id as "userId", found.supabase_session_id as "supabaseSessionId", found.lives,
         found.token_reused as "tokenReused",
         found.lives and private.second_factor_missing(found.supabase_session_id, found.user_id)
           as "secondFactorMissing",
         (select r.role from private.roles r where r.user_id = found.user_id) as role,
         case when found.lives and $6::text is not null then
           private.take_from_limit($6 || found.user_id, $7::integer, $8::bigint,
                                   (extract(epoch from $1::timestamptz) * 1000)::bigint)
         end::text[] as counted
  from found`;

const UNEXPIRED = 's.ended_at is null and s.idle_expires_at > $1 and s.absolute_expires_at > $1';

const BY_TOKEN = `
  with named as (
    select s.id, false as token_reused from private.sessions s where s.token_hash = $4
    union all
    select t.session_id, t.retired_at <= $5 from private.session_tokens t where t.token_hash = $4
  ), found as (
    select s.id, s.user_id, s.supabase_session_id,
           ${UNEXPIRED} and not named.token_reused
             and private.supabase_session_lives(s.supabase_session_id, s.user_id) as lives,
           named.token_reused and s.ended_at is null as token_reused
    from named join private.sessions s on s.id = named.id
  ), ${NOTE_USE_AND_ANSWER}`;

const BY_SUPABASE_SESSION = `
  with found as (
    select s.id, asked.user_id, asked.supabase_session_id,
           (s.id is null or (${UNEXPIRED}))
             and private.supabase_session_lives(asked.supabase_session_id, asked.user_id) as lives,
           false as token_reused
    from (select $4::uuid as supabase_session_id, $5::uuid as user_id) asked
    left join private.sessions s
      on s.supabase_session_id = asked.supabase_session_id and s.user_id = asked.user_id
  ), ${NOTE_USE_AND_ANSWER}`;

const common = (nowMs: number): unknown[] => [new Date(nowMs), SESSION_IDLE_MS, SESSION_TOUCH_MS];

const counting = (check: LimitCheck | null): unknown[] =>
  check === null ? [null, null, null] : [check.key, check.limit, check.windowMs];

interface Asked {
  readonly nowMs: number;
  /** Counted against the user of a live session, with the id behind the key. */
  readonly count: LimitCheck | null;
}

interface AskedByToken extends Asked {
  readonly tokenHash: Buffer;
}

interface AskedBySupabaseSession extends Asked {
  readonly supabaseSessionId: string;
  readonly userId: string;
}

/** The session a token's hash names, in one statement that also notes its use; null when there never was one. */
export const findSessionByToken = (
  database: Queryable,
  { tokenHash, nowMs, count }: AskedByToken,
): Promise<FoundSession | null> =>
  orUncounted(count, async (counted) => {
    const asked = [...common(nowMs), tokenHash, new Date(nowMs - TOKEN_OVERLAP_MS), ...counting(counted)];
    const { rows } = await database.query<FoundSession>(BY_TOKEN, asked);
    return rows[0] ?? null;
  });

/** The state of a Supabase session and of ours that stands on it, if any; one statement, notes the use of ours. */
export const findSessionBySupabaseSession = (
  database: Queryable,
  { supabaseSessionId, userId, nowMs, count }: AskedBySupabaseSession,
): Promise<FoundSession | null> =>
  orUncounted(count, async (counted) => {
    const asked = [...common(nowMs), supabaseSessionId, userId, ...counting(counted)];
    const { rows } = await database.query<FoundSession>(BY_SUPABASE_SESSION, asked);
    return rows[0] ?? null;
  });

/** Where counting fails and the database does not, the session is asked about alone. */
const orUncounted = async (
  count: LimitCheck | null,
  find: (count: LimitCheck | null) => Promise<FoundSession | null>,
): Promise<FoundSession | null> => {
  try {
    return await find(count);
  } catch (error) {
    if (count === null || isAppError(error, 'database_unavailable')) throw error;
    return find(null);
  }
};
