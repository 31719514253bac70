import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { getProfile } from '../use-cases/get-profile';
import { answerProfile } from './answer-profile';

export const handleGetProfile =
  (deps: Parameters<typeof getProfile>[0]): HandlerOf<typeof authContract.getProfile> =>
  async ({ identity }) =>
    answerProfile(await getProfile(deps, identity.userId));
