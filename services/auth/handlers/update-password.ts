import { type HandlerOf, readBearer } from '#shared/http/request';
import { isSessionToken } from '#shared/identity/session-token';
import type { authContract } from '../contract';
import { type UpdatePasswordDeps, updatePassword } from '../use-cases/update-password';
import { answerEntry } from './answer-entry';
import { clientOf } from './client-of';

export const handleUpdatePassword =
  (deps: UpdatePasswordDeps): HandlerOf<typeof authContract.updatePassword> =>
  async (request) => {
    const { identity, body } = request;
    const bearer = readBearer(request.headers);
    const asked = {
      userId: identity.userId,
      sessionId: identity.sessionId,
      supabaseSessionId: identity.supabaseSessionId,
      password: body.password,
      currentPassword: body.current_password,
      accessToken: bearer === null || isSessionToken(bearer) ? null : bearer,
    };
    return answerEntry(await updatePassword(deps, asked, clientOf(request)));
  };
