/**
 * The cookie that holds the opaque session token. `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so no
 * sibling host and no plain-text page can set or read it.
 */
export const SESSION_COOKIE = '__Host-tandem_session';

const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';

/** The complete `Set-Cookie` value of a hardened cookie. `name` must begin with `__Host-`. */
export const hostCookie = (name: `__Host-${string}`, value: string, maxAgeSeconds: number): string =>
  `${name}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`;

/** Makes the browser forget a cookie that `hostCookie` set. */
export const forgetCookie = (name: `__Host-${string}`): string => hostCookie(name, '', 0);
