import { isAppError } from '#shared/errors/app-error';
import type { HandlerOf, ResponseOf } from '#shared/http/request';
import { forgetCookie } from '#shared/identity/session-cookie';
import type { authContract } from '../contract';
import { readPendingSocial } from '../domain/pending-social';
import { type RedirectRules, redirectTarget, withQuery } from '../domain/redirect-target';
import { type FinishSocialDeps, finishSocial } from '../use-cases/finish-social';
import { answerEntry } from './answer-entry';
import { clientOf } from './client-of';
import { SOCIAL_COOKIE } from './start-social';

type Finished = ResponseOf<typeof authContract.finishSocial>;

/**
 * A person looks at the answer, in a browser that was sent here: what they did or let be done goes on to the page they came
 * from, as a code. Our own trouble is answered as everywhere, and reloading tries again.
 */
export const handleFinishSocial =
  (
    deps: FinishSocialDeps & { readonly redirects: RedirectRules },
  ): HandlerOf<typeof authContract.finishSocial> =>
  async (request) => {
    const { query, cookies } = request;
    const pending = readPendingSocial(cookies.get(SOCIAL_COOKIE) ?? '');
    const target = redirectTarget(pending?.target, deps.redirects) ?? deps.redirects.siteUrl;
    if (query.error === 'access_denied') return failed(target, 'access_denied');
    if (pending === null || query.code === undefined) return failed(target, 'verification_invalid');
    try {
      const { verifier } = pending;
      const entry = await finishSocial(deps, { code: query.code, verifier }, clientOf(request));
      return sent(target, answerEntry(entry).cookies ?? []);
    } catch (error) {
      if (isAppError(error) && error.status < 500) return failed(target, error.code);
      throw error;
    }
  };

const failed = (target: string, code: string): Finished => sent(withQuery(target, { auth_error: code }), []);

const sent = (location: string, cookies: readonly string[]): Finished => ({
  body: { success: true, location },
  headers: { location },
  cookies: [...cookies, forgetCookie(SOCIAL_COOKIE)],
});
