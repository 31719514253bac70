import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import type { SecondFactors } from '../ports';
import { needAccessToken } from './access-token-of';

export const handleChallengeFactor =
  (deps: {
    readonly identity: Pick<SecondFactors, 'challengeFactor'>;
  }): HandlerOf<typeof authContract.challengeFactor> =>
  async (request) => {
    const accessToken = needAccessToken(request);
    const { id, expiresAtMs } = await deps.identity.challengeFactor({
      accessToken,
      factorId: request.params.id,
    });
    const expires_at = new Date(expiresAtMs).toISOString();
    return { body: { success: true, challenge: { id, expires_at } } };
  };
