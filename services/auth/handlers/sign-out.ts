import { checkCsrfToken, checkOrigin } from '#shared/http/check-csrf';
import { type HandlerOf, readBearer } from '#shared/http/request';
import { forgetCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import { csrfTokenOf, isSessionToken } from '#shared/identity/session-token';
import type { authContract } from '../contract';
import { type SignOutDeps, signOut } from '../use-cases/sign-out';
import type { EntryDeps } from './entry-deps';

/** The route is public, so that it can be repeated; what dispatch checks for a cookie elsewhere is checked here. */
export const handleSignOut =
  (deps: SignOutDeps & EntryDeps): HandlerOf<typeof authContract.signOut> =>
  async ({ headers, cookies }) => {
    const bearer = readBearer(headers);
    const cookie = cookies.get(SESSION_COOKIE) ?? '';
    // Also where no cookie came: a form of a foreign page brings none (SameSite), and the answer takes it from the browser.
    if (bearer === null) checkOrigin(headers, deps.allowedOrigins);
    if (bearer !== null) {
      await signOut(deps, bearer);
    } else if (isSessionToken(cookie)) {
      checkCsrfToken(headers, csrfTokenOf(cookie));
      await signOut(deps, cookie);
    }
    return { body: { success: true }, cookies: [forgetCookie(SESSION_COOKIE)] };
  };
