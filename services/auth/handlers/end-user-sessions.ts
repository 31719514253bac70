import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { endUserSessions } from '../use-cases/end-user-sessions';

export const handleEndUserSessions =
  (deps: Parameters<typeof endUserSessions>[0]): HandlerOf<typeof authContract.endUserSessions> =>
  async ({ params, identity, requestId }) => ({
    body: { success: true, ended: await endUserSessions(deps, actorOf(identity, requestId), params.id) },
  });
