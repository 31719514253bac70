import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { describeError } from '#shared/observability/describe-error';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { queueHandler } from '#shared/queue/queue-handler';
import { changeHandlers } from './change-handlers';
import { changesEnvSchema } from './env';
import { handleChangeRecords } from './handlers/handle-changes';
import type { HandleChangesDeps } from './use-cases/handle-changes';

const log = makeLineLogger('changes');

const start = async (): Promise<HandleChangesDeps> => {
  const live = await liveEnv(changesEnvSchema, process.env, { log });
  const database = liveDatabase(live, 'tandem-changes');
  void database.warm();
  return {
    database,
    handlers: changeHandlers,
    now: Date.now,
    onAfterCommitFailure: ({ id, table }, error) =>
      log.warn('work after a change failed', { changeId: id, table, error: describeError(error) }),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

/** Entry of the changes function: what follows from changes in the database. */
export const handler = queueHandler({ work: handleChangeRecords(service), log });
