import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { messagesSender } from '#shared/queue/send-messages';
import { sweepChangesEnvSchema } from './env';
import { handleSweepChanges } from './handlers/sweep-changes';
import type { SweepChangesDeps } from './use-cases/sweep-changes';

const log = makeLineLogger('sweepChanges');
const counters = makeCounters('sweepChanges', process.env.STAGE ?? 'none');

const start = async (): Promise<SweepChangesDeps> => {
  const live = await liveEnv(sweepChangesEnvSchema, process.env, { log });
  return {
    database: liveDatabase(live, 'tandem-sweep-changes'),
    enqueue: messagesSender(awsRequest(readAwsAccess(process.env)), live.first.CHANGE_QUEUE_URL),
    now: Date.now,
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

const sweep = handleSweepChanges({ service, counters, log });

/** Entry of the sweep of changes, which a schedule calls. */
export const handler = () => sweep().finally(counters.flush);
