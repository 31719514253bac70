import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type SignInDeps, signIn } from '../use-cases/sign-in';
import { answerEntry } from './answer-entry';
import { checkLoginCsrf } from './check-login-csrf';
import { clientOf } from './client-of';
import type { EntryDeps } from './entry-deps';

export const handleSignIn =
  (deps: SignInDeps & EntryDeps): HandlerOf<typeof authContract.signIn> =>
  async (request) => {
    checkLoginCsrf(request, deps.allowedOrigins);
    return answerEntry(await signIn(deps, request.body, clientOf(request)));
  };
