import { actorOf } from '#shared/http/actor-of';
import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type BanUserDeps, banUser, unbanUser } from '../use-cases/ban-user';
import { renderAccount } from './render-account';

export const handleBanUser =
  (deps: BanUserDeps): HandlerOf<typeof authContract.banUser> =>
  async ({ params, body, identity, requestId }) => {
    const asked = { userId: params.id, reason: body.reason, until: body.until ?? null };
    const account = await banUser(deps, actorOf(identity, requestId), asked);
    return { body: { success: true, user: renderAccount(account) } };
  };

export const handleUnbanUser =
  (deps: BanUserDeps): HandlerOf<typeof authContract.unbanUser> =>
  async ({ params, identity, requestId }) => {
    const account = await unbanUser(deps, actorOf(identity, requestId), params.id);
    return { body: { success: true, user: renderAccount(account) } };
  };
