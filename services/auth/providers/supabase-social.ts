import { sendHttps } from '#shared/config/send-https';
import { AppError } from '#shared/errors/app-error';
import { makePkceClient } from '#shared/supabase/pkce-client';
import type { SocialProvider, SocialSignIn } from '../ports';
import { attempt, unusable } from './attempt';
import { signedIn } from './read-auth-answer';
import type { Refusals } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';

const REDEEM: Refusals = { byCode: {}, otherwise: 'verification_invalid' };

/** Signing in with GitHub or Google. What the project offers is asked each time: it is one short request on a rare path. */
export const makeSupabaseSocial = ({ project, publishableKey }: SupabaseParts): SocialSignIn => {
  const base = `${project.url.replace(/\/+$/, '')}/auth/v1`;

  const offers = async (provider: SocialProvider): Promise<boolean> => {
    const answer = await sendHttps({
      url: new URL(`${base}/settings`),
      method: 'GET',
      headers: { accept: 'application/json', apikey: publishableKey },
      body: '',
      timeoutMs: project.timeoutMs,
    }).catch((cause: unknown) => {
      throw new AppError('identity_unavailable', { cause });
    });
    if (answer.status !== 200) throw unusable(`answered ${answer.status} for its settings`);
    return readOffer(answer.text, provider);
  };

  return {
    socialSignInUrl: async ({ provider, callbackUrl, codeChallenge }) => {
      if (!(await offers(provider))) throw new AppError('not_supported');
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

const readOffer = (text: string, provider: SocialProvider): boolean => {
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings !== 'object' || settings === null || !('external' in settings)) return false;
    const { external } = settings;
    return typeof external === 'object' && external !== null && Reflect.get(external, provider) === true;
  } catch (cause) {
    throw new AppError('identity_unavailable', { cause });
  }
};
