import type { HandlerOf, RequestOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { MailProof } from '../ports';
import { type VerifyDeps, verify } from '../use-cases/verify';
import { answerEntry } from './answer-entry';
import { checkLoginCsrf } from './check-login-csrf';
import { clientOf } from './client-of';
import type { EntryDeps } from './entry-deps';

export const handleVerify =
  (deps: VerifyDeps & EntryDeps): HandlerOf<typeof authContract.verify> =>
  async (request) => {
    checkLoginCsrf(request, deps.allowedOrigins);
    const entry = await verify(deps, proofOf(request.body), clientOf(request));
    if (entry === null) return { body: { success: true, user: null, supabase_session: null } };
    return answerEntry(entry);
  };

/** The contract has made sure of one form or the other. */
const proofOf = ({ type, ...sent }: RequestOf<typeof authContract.verify>['body']): MailProof =>
  sent.token_hash === undefined
    ? { type, email: sent.email ?? '', token: sent.token ?? '' }
    : { type, tokenHash: sent.token_hash };
