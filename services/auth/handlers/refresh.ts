import { AppError } from '#shared/errors/app-error';
import { checkCsrf } from '#shared/http/check-csrf';
import { type Authenticate, type HandlerOf, readBearer } from '#shared/http/request';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { isSessionToken } from '#shared/identity/session-token';
import type { authContract } from '../contract';
import { type RefreshDeps, refresh } from '../use-cases/refresh';
import { type RotateSessionDeps, rotateSession } from '../use-cases/rotate-session';
import { answerEntry } from './answer-entry';
import type { EntryDeps } from './entry-deps';

export type HandleRefreshDeps = RefreshDeps &
  RotateSessionDeps &
  EntryDeps & { readonly authenticate: Authenticate };

const DEMAND = { liveSession: true, role: 'user', oneFactorSuffices: true } as const;

/**
 * Two kinds of refresh: a Supabase refresh token in the body, or else the opaque token of the request. The route is public
 * for the first one's sake, so the second is authenticated here, CSRF included.
 */
export const handleRefresh =
  (deps: HandleRefreshDeps): HandlerOf<typeof authContract.refresh> =>
  async (request) => {
    const { headers, cookies, body } = request;
    if (body.refresh_token !== undefined) return answerEntry(await refresh(deps, body.refresh_token));
    const bearer = readBearer(headers);
    const identity = await deps.authenticate({ bearer, cookies }, DEMAND);
    if (identity === null) throw new AppError('unauthenticated');
    checkCsrf({ method: 'POST', headers }, identity, deps.allowedOrigins);
    const token = bearer ?? cookies.get(SESSION_COOKIE) ?? '';
    if (identity.sessionId === null || !isSessionToken(token)) {
      throw new AppError('request_invalid', {
        errors: [{ pointer: '/body/refresh_token', message: 'is needed to renew a Supabase access token' }],
      });
    }
    const { sessionId, userId } = identity;
    return answerEntry(await rotateSession(deps, { sessionId, userId, token }));
  };
