import { checkCsrfToken, checkOrigin } from '#shared/http/check-csrf';
import type { IncomingRequest } from '#shared/http/request';
import { csrfTokenOf } from '#shared/identity/session-token';

/** Holds a random secret from GET csrf-token until sign-in. */
export const LOGIN_COOKIE = '__Host-tandem_login';

/** Seconds. */
export const LOGIN_COOKIE_LIFE = 3_600;

/**
 * Login CSRF: a foreign page must not sign its visitor in to the attacker's account. Such a request comes from an origin we
 * do not know; and a browser that fetched a token (it then holds the login cookie) must send it. Clients without cookies
 * and origins are no browsers and pass.
 *
 * @throws AppError `csrf_invalid`
 */
export const checkLoginCsrf = (
  { headers, cookies }: Pick<IncomingRequest, 'headers' | 'cookies'>,
  allowedOrigins: readonly string[],
): void => {
  checkOrigin(headers, allowedOrigins);
  const secret = cookies.get(LOGIN_COOKIE);
  if (secret !== undefined && secret !== '') checkCsrfToken(headers, csrfTokenOf(secret));
};
