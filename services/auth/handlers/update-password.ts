import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type UpdatePasswordDeps, updatePassword } from '../use-cases/update-password';
import { accessTokenOf } from './access-token-of';
import { answerEntry } from './answer-entry';
import { clientOf } from './client-of';

export const handleUpdatePassword =
  (deps: UpdatePasswordDeps): HandlerOf<typeof authContract.updatePassword> =>
  async (request) => {
    const { identity, body } = request;
    const asked = {
      userId: identity.userId,
      sessionId: identity.sessionId,
      supabaseSessionId: identity.supabaseSessionId,
      password: body.password,
      currentPassword: body.current_password,
      accessToken: accessTokenOf(request),
    };
    return answerEntry(await updatePassword(deps, asked, clientOf(request)));
  };
