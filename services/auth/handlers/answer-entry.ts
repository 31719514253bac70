import type { ResponseOf } from '#shared/http/request';
import { forgetCookie, hostCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import { SESSION_ABSOLUTE_MS } from '#shared/identity/session-lifetime';
import type { authContract } from '../contract';
import type { Entry } from '../use-cases/start-session';
import { LOGIN_COOKIE } from './check-login-csrf';

/** The answer of every route that signs somebody in; sets the session cookie where there is a new token. */
export const answerEntry = ({ user, session }: Entry): ResponseOf<typeof authContract.signIn> => ({
  body: {
    success: true,
    user,
    supabase_session:
      session === null
        ? null
        : {
            access_token: session.accessToken,
            refresh_token: session.refreshToken,
            expires_in: session.expiresIn,
            expires_at: session.expiresAt,
            token_type: session.tokenType,
            user: { id: user.id, email: user.email },
          },
  },
  ...(user.token === null
    ? {}
    : {
        cookies: [
          hostCookie(SESSION_COOKIE, user.token, SESSION_ABSOLUTE_MS / 1_000),
          forgetCookie(LOGIN_COOKIE),
        ],
      }),
});
