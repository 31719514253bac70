import type { HandlerOf } from '#shared/http/request';
import type { authContract } from '../contract';
import { type RefreshDeps, refresh } from '../use-cases/refresh';
import { answerEntry } from './answer-entry';

export const handleRefresh =
  (deps: RefreshDeps): HandlerOf<typeof authContract.refresh> =>
  async ({ body }) =>
    answerEntry(await refresh(deps, body.refresh_token));
