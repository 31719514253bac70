import type { HandlerOf } from '#shared/http/request';
import { hostCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import { csrfTokenOf, isSessionToken, makeSessionToken } from '#shared/identity/session-token';
import type { authContract } from '../contract';
import { LOGIN_COOKIE, LOGIN_COOKIE_LIFE } from './check-login-csrf';

/**
 * With a session cookie, that session's token; it is derived, so nothing is looked up. Without one, a token for signing in:
 * it belongs to a random secret that the browser keeps in a cookie until then, the same for all of its tabs.
 */
export const handleGetCsrfToken =
  (): HandlerOf<typeof authContract.getCsrfToken> =>
  async ({ cookies }) => {
    const session = cookies.get(SESSION_COOKIE) ?? '';
    if (isSessionToken(session)) return { body: { success: true, csrf_token: csrfTokenOf(session) } };
    const kept = cookies.get(LOGIN_COOKIE) ?? '';
    const secret = isSessionToken(kept) ? kept : makeSessionToken();
    return {
      body: { success: true, csrf_token: csrfTokenOf(secret) },
      cookies: [hostCookie(LOGIN_COOKIE, secret, LOGIN_COOKIE_LIFE)],
    };
  };
