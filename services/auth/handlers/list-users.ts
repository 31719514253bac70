import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { listUsers } from '../use-cases/list-users';
import { renderAccount } from './render-account';

const DEFAULT_LIMIT = 20;

export const handleListUsers =
  (deps: Parameters<typeof listUsers>[0]): HandlerOf<typeof authContract.listUsers> =>
  async ({ query }) => {
    const { accounts, nextCursor } = await listUsers(deps, {
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
      emailPrefix: query.email ?? null,
      id: query.id ?? null,
    });
    return {
      body: {
        success: true,
        data: accounts.map(renderAccount),
        has_more: nextCursor !== null,
        next_cursor: nextCursor,
      },
    };
  };
