import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import { isSessionToken } from '#shared/identity/session-token';
import type { VerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Now } from '#shared/kernel/ids';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { endOpaqueSession } from './end-opaque-session';

export interface SignOutDeps {
  readonly database: Queryable;
  readonly verifyAccessToken: VerifyAccessToken;
  readonly now: Now;
}

/**
 * Ends the session that a credential names, ours and Supabase's in one transaction. May be repeated. An opaque token
 * nobody knows is as good as ended; an access token that cannot be believed is refused, since its owner would take a
 * live session for an ended one.
 */
export const signOut = async (deps: SignOutDeps, credential: string): Promise<void> => {
  if (isSessionToken(credential)) return endOpaqueSession(deps, credential);
  const { database, verifyAccessToken, now } = deps;
  const claims = await verifyAccessToken(credential);
  if (claims === null) throw new AppError('unauthenticated');
  if (claims.sessionId === null) return;
  await endSupabaseSession(database, {
    supabaseSessionId: claims.sessionId,
    userId: claims.userId,
    now: new Date(now()),
  });
};
