import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type ChangeEmailDeps, changeEmail } from '../use-cases/change-email';
import { accessTokenOf } from './access-token-of';

export const handleChangeEmail =
  (deps: ChangeEmailDeps): HandlerOf<typeof authContract.changeEmail> =>
  async (request) => {
    const { identity, body } = request;
    await changeEmail(deps, {
      userId: identity.userId,
      sessionId: identity.sessionId,
      currentPassword: body.current_password,
      email: body.email,
      accessToken: accessTokenOf(request),
    });
    return { body: { success: true } };
  };
