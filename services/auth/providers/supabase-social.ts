import { AppError } from '#shared/errors/app-error';
import { makePkceClient } from '#shared/supabase/pkce-client';
import type { SocialSignIn } from '../ports';
import { attempt } from './attempt';
import { signedIn } from './read-auth-answer';
import type { Refusals } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';
import { fetchSupabaseSettings } from './supabase-settings';

const REDEEM: Refusals = { byCode: {}, otherwise: 'verification_invalid' };

/** Signing in with GitHub or Google. What the project offers is asked each time: it is one short request on a rare path. */
export const makeSupabaseSocial = ({ project, publishableKey }: SupabaseParts): SocialSignIn => {
  const base = `${project.url.replace(/\/+$/, '')}/auth/v1`;
  const settings = () => fetchSupabaseSettings({ project, publishableKey });

  return {
    socialSignInUrl: async ({ provider, callbackUrl, codeChallenge }) => {
      if (!(await settings()).offers(provider)) throw new AppError('not_supported');
      const url = new URL(`${base}/authorize`);
      url.search = new URLSearchParams({
        provider,
        redirect_to: callbackUrl,
        code_challenge: codeChallenge,
        code_challenge_method: 's256',
      }).toString();
      return url.href;
    },

    redeemCode: ({ code, verifier }) =>
      attempt(REDEEM, async () => {
        const { auth } = await makePkceClient(project, publishableKey, verifier);
        return signedIn(await auth.exchangeCodeForSession(code));
      }),
  };
};
