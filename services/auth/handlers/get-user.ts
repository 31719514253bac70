import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { getUser } from '../use-cases/get-user';
import { renderAccount, renderSums } from './render-account';

export const handleGetUser =
  (deps: Parameters<typeof getUser>[0]): HandlerOf<typeof authContract.getUser> =>
  async ({ params }) => {
    const { account, sessions, payments } = await getUser(deps, params.id);
    return {
      body: {
        success: true,
        user: {
          ...renderAccount(account),
          avatar_url: account.avatarUrl,
          sessions,
          payments: payments.map(renderSums),
        },
      },
    };
  };
