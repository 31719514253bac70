import type { HandlerOf } from '#shared/http/request';
import { forgetCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import type { authContract } from '../contract';
import { endSession } from '../use-cases/end-session';

export const handleEndSession =
  (deps: Parameters<typeof endSession>[0]): HandlerOf<typeof authContract.endSession> =>
  async ({ identity, params }) => {
    await endSession(deps, { id: params.id, userId: identity.userId });
    const own = params.id === identity.sessionId;
    return { body: { success: true }, ...(own ? { cookies: [forgetCookie(SESSION_COOKIE)] } : {}) };
  };
