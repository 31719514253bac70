import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '#shared/errors/app-error';
import type { PendingSocial } from '../domain/pending-social';
import { type RedirectRules, redirectTarget } from '../domain/redirect-target';
import type { SocialProvider, SocialSignIn } from '../ports';

export interface StartSocialDeps {
  readonly identity: Pick<SocialSignIn, 'socialSignInUrl'>;
  readonly redirects: RedirectRules;
  /** Where the browser comes back to: our own callback, as the browser reaches it. */
  readonly callbackUrl: string;
}

/**
 * Begins a sign-in with an account of another site. The verifier stays with the browser that began: a code that somebody
 * else obtained is worth nothing in it, which also keeps foreign pages from signing their visitors in.
 *
 * @throws AppError `redirect_not_allowed`, `not_supported`
 */
export const startSocial = async (
  { identity, redirects, callbackUrl }: StartSocialDeps,
  asked: { readonly provider: SocialProvider; readonly redirectTo: string | undefined },
): Promise<{ readonly url: string; readonly pending: PendingSocial }> => {
  const target = redirectTarget(asked.redirectTo, redirects);
  if (target === null) throw new AppError('redirect_not_allowed');
  const verifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
  const url = await identity.socialSignInUrl({ provider: asked.provider, callbackUrl, codeChallenge });
  return { url, pending: { verifier, target } };
};
