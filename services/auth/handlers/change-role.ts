import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { changeRole } from '../use-cases/change-role';
import { renderAccount } from './render-account';

type Deps = Parameters<typeof changeRole>[0];

export const handleSetRole =
  (deps: Deps): HandlerOf<typeof authContract.setRole> =>
  async ({ params, body, identity, requestId }) => {
    const asked = { userId: params.id, role: body.role };
    const account = await changeRole(deps, actorOf(identity, requestId), asked);
    return { body: { success: true, user: renderAccount(account) } };
  };

export const handleRemoveRole =
  (deps: Deps): HandlerOf<typeof authContract.removeRole> =>
  async ({ params, identity, requestId }) => {
    const asked = { userId: params.id, role: null };
    const account = await changeRole(deps, actorOf(identity, requestId), asked);
    return { body: { success: true, user: renderAccount(account) } };
  };
