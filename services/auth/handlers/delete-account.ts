import type { HandlerOf } from '#shared/http/request';
import { forgetCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import type { authContract } from '../contract';
import { deleteAccount } from '../use-cases/delete-account';
import type { ProveOwnerDeps } from '../use-cases/prove-owner';

export const handleDeleteAccount =
  (deps: ProveOwnerDeps): HandlerOf<typeof authContract.deleteAccount> =>
  async ({ identity, body }) => {
    const { userId, sessionId } = identity;
    await deleteAccount(deps, { userId, sessionId, currentPassword: body.current_password });
    return { body: { success: true }, cookies: [forgetCookie(SESSION_COOKIE)] };
  };
