import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type SignUpDeps, signUp } from '../use-cases/sign-up';
import { answerEntry } from './answer-entry';
import { checkLoginCsrf } from './check-login-csrf';
import { clientOf } from './client-of';
import type { EntryDeps } from './entry-deps';

export const handleSignUp =
  (deps: SignUpDeps & EntryDeps): HandlerOf<typeof authContract.signUp> =>
  async (request) => {
    checkLoginCsrf(request, deps.allowedOrigins);
    const { email, password, name, data } = request.body;
    return answerEntry(await signUp(deps, { email, password, name, data: data ?? {} }, clientOf(request)));
  };
