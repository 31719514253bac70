import type { HandlerOf } from '#shared/http/request';
import { hostCookie } from '#shared/identity/session-cookie';
import type { authContract } from '../contract';
import { writePendingSocial } from '../domain/pending-social';
import { type StartSocialDeps, startSocial } from '../use-cases/start-social';

/** Holds the PKCE verifier while the browser is away. */
export const SOCIAL_COOKIE = '__Host-tandem_social';

/** Seconds. Supabase forgets a flow after five minutes of its own. */
const SOCIAL_COOKIE_LIFE = 600;

export const handleStartSocial =
  (deps: StartSocialDeps): HandlerOf<typeof authContract.startSocial> =>
  async ({ params, query }) => {
    const asked = { provider: params.provider, redirectTo: query.redirect_to };
    const { url, pending } = await startSocial(deps, asked);
    return {
      body: { success: true, location: url },
      headers: { location: url },
      cookies: [hostCookie(SOCIAL_COOKIE, writePendingSocial(pending), SOCIAL_COOKIE_LIFE)],
    };
  };
