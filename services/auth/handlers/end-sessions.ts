import type { HandlerOf } from '#shared/http/request';
import { forgetCookie, SESSION_COOKIE } from '#shared/identity/session-cookie';
import type { authContract } from '../contract';
import { endSessions } from '../use-cases/end-sessions';

export const handleEndSessions =
  (deps: Parameters<typeof endSessions>[0]): HandlerOf<typeof authContract.endSessions> =>
  async ({ identity, query }) => {
    const all = query.include_current === 'true';
    const ended = await endSessions(deps, {
      userId: identity.userId,
      keepSupabaseSessionId: all ? null : identity.supabaseSessionId,
    });
    return { body: { success: true, ended }, ...(all ? { cookies: [forgetCookie(SESSION_COOKIE)] } : {}) };
  };
