import type { LiveEnv } from '#shared/config/live-env';
import { makeVerifyAccessToken, type VerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Now } from '#shared/kernel/ids';
import { oncePer } from '#shared/kernel/once-per';

type TokenEnv = { readonly SUPABASE_URL: string; readonly SUPABASE_JWT_SECRET?: string | undefined };

/**
 * Verifies access tokens by the configuration as it is: once a shared secret is taken out of it, tokens that it signed are
 * refused within minutes by processes that run on.
 */
export const liveVerifyAccessToken = (live: LiveEnv<TokenEnv>, now: Now): VerifyAccessToken => {
  const { SUPABASE_URL: supabaseUrl } = live.first;
  const verifierFor = oncePer((jwtSecret: string | undefined) =>
    makeVerifyAccessToken({ supabaseUrl, jwtSecret, now }),
  );
  return async (token) => verifierFor((await live.current()).SUPABASE_JWT_SECRET)(token);
};
