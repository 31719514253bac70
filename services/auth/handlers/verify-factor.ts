import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type VerifyFactorDeps, verifyFactor } from '../use-cases/verify-factor';
import { needAccessToken } from './access-token-of';
import { answerEntry } from './answer-entry';
import { clientOf } from './client-of';

export const handleVerifyFactor =
  (deps: VerifyFactorDeps): HandlerOf<typeof authContract.verifyFactor> =>
  async (request) => {
    const proof = {
      accessToken: needAccessToken(request),
      factorId: request.params.id,
      challengeId: request.body.challenge_id,
      code: request.body.code,
    };
    return answerEntry(await verifyFactor(deps, proof, clientOf(request)));
  };
