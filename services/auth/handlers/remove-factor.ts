import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { SecondFactors } from '../ports';
import { needAccessToken } from './access-token-of';

export const handleRemoveFactor =
  (deps: {
    readonly identity: Pick<SecondFactors, 'removeFactor'>;
  }): HandlerOf<typeof authContract.removeFactor> =>
  async (request) => {
    const accessToken = needAccessToken(request);
    await deps.identity.removeFactor({ accessToken, factorId: request.params.id });
    return { body: { success: true } };
  };
