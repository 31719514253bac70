/** A social sign-in that is under way, as the browser's cookie holds it. */
export interface PendingSocial {
  /** PKCE code verifier (RFC 7636): 43 characters, base64url. */
  readonly verifier: string;
  /** Where to go afterwards; checked again when it is used, since cookies are the browser's. */
  readonly target: string;
}

const VERIFIER = /^[A-Za-z0-9_-]{43}$/;

export const writePendingSocial = ({ verifier, target }: PendingSocial): string =>
  `${verifier}.${Buffer.from(target).toString('base64url')}`;

/** Null for anything that `writePendingSocial` did not write. */
export const readPendingSocial = (cookie: string): PendingSocial | null => {
  const [verifier = '', target = '', ...rest] = cookie.split('.');
  if (!VERIFIER.test(verifier) || target === '' || rest.length > 0) return null;
  return { verifier, target: Buffer.from(target, 'base64url').toString('utf8') };
};
