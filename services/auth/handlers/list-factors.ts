import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { SecondFactors } from '../ports';
import { needAccessToken } from './access-token-of';

export const handleListFactors =
  (deps: {
    readonly identity: Pick<SecondFactors, 'listFactors'>;
  }): HandlerOf<typeof authContract.listFactors> =>
  async (request) => {
    const found = await deps.identity.listFactors(needAccessToken(request));
    const factors = found.map(({ id, name, verified, createdAt }) => ({
      id,
      name,
      verified,
      created_at: createdAt,
    }));
    return { body: { success: true, factors } };
  };
