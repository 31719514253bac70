import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { AuthDemand, Authenticate, Authenticated, Identity } from '#shared/http/request';
import { endReusedSession } from '#shared/identity/end-reused-session';
import {
  type FoundSession,
  findSessionBySupabaseSession,
  findSessionByToken,
} from '#shared/identity/find-session';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { csrfTokenOf, hashSessionToken, isSessionToken } from '#shared/identity/session-token';
import type { VerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Now } from '#shared/kernel/ids';
import { readLimitCount } from '#shared/limits/read-limit-count';

export interface AuthenticateOptions {
  /** A role with the grants of tandem_auth or tandem_payment on private.sessions and private.roles. */
  readonly database: Queryable;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly now: Now;
}

/**
 * Establishes who calls, from one credential: a bearer where there is one, else the session cookie. A bearer that is not
 * valid is not made up for by a cookie.
 *
 * An opaque token is always looked up. A Supabase access token is believed as it stands, unless the route demands a live
 * session or a role: then one statement asks whether Supabase still has the session, whether ours on it has ended, whether
 * it lacks a second factor, and which role private.roles gives. Roles never come from a token. Whatever statement asks about
 * a session counts the call against its user too, where the demand says so.
 */
export const makeAuthenticate = ({ database, verifyAccessToken, now }: AuthenticateOptions): Authenticate => {
  const byOpaqueToken = async (
    token: string,
    via: Identity['via'],
    demand: AuthDemand,
  ): Promise<Authenticated | null> => {
    const asked = { tokenHash: hashSessionToken(token), nowMs: now(), count: demand.count ?? null };
    const session = await findSessionByToken(database, asked);
    if (session === null) return null;
    if (session.tokenReused) {
      await endReusedSession(database, asked);
      throw new AppError('session_token_reused');
    }
    return identityOf(session, demand, { via, csrfToken: via === 'cookie' ? csrfTokenOf(token) : null });
  };

  const byAccessToken = async (token: string, demand: AuthDemand): Promise<Authenticated | null> => {
    const claims = await verifyAccessToken(token);
    if (claims === null) return null;
    const { userId, sessionId: supabaseSessionId } = claims;
    if (!asksDatabase(demand)) {
      return { userId, sessionId: null, supabaseSessionId, role: 'user', via: 'bearer', csrfToken: null };
    }
    // Without a session nobody could say whether it has ended.
    if (supabaseSessionId === null) return null;
    const asked = { supabaseSessionId, userId, nowMs: now(), count: demand.count ?? null };
    const session = await findSessionBySupabaseSession(database, asked);
    return session === null ? null : identityOf(session, demand, { via: 'bearer', csrfToken: null });
  };

  return async ({ bearer, cookies }, demand) => {
    if (bearer !== null) {
      return isSessionToken(bearer) ? byOpaqueToken(bearer, 'bearer', demand) : byAccessToken(bearer, demand);
    }
    const cookie = cookies.get(SESSION_COOKIE);
    return cookie !== undefined && isSessionToken(cookie) ? byOpaqueToken(cookie, 'cookie', demand) : null;
  };
};

/** Routes that move money or need a role; the others believe an access token as it stands. */
const asksDatabase = ({ liveSession, role }: AuthDemand): boolean => liveSession || role !== 'user';

const identityOf = (
  session: FoundSession,
  demand: AuthDemand,
  how: Pick<Identity, 'via' | 'csrfToken'>,
): Authenticated => {
  if (!session.lives) throw new AppError('session_ended');
  if (session.secondFactorMissing && asksDatabase(demand) && demand.oneFactorSuffices !== true) {
    throw new AppError('second_factor_required');
  }
  const { id, userId, supabaseSessionId, role } = session;
  const counted = demand.count == null ? {} : { counted: readLimitCount(session.counted) };
  return { userId, sessionId: id, supabaseSessionId, role: role ?? 'user', ...how, ...counted };
};
