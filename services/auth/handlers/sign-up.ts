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
    const asked = { email, password, name, data: data ?? {} };
    const { user, session } = await signUp(deps, asked, clientOf(request));
    if (user.id === null) return { body: { success: true, user, supabase_session: null } };
    return answerEntry({ user: { ...user, id: user.id }, session });
  };
