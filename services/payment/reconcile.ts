import { setTimeout as sleep } from 'node:timers/promises';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { queueHandler } from '#shared/queue/queue-handler';
import { reconcileEnvSchema } from './env';
import { handleProviderEvents } from './handlers/apply-provider-events';
import { countOutcome } from './handlers/count-outcome';
import { wireProviders } from './wire-providers';

const log = makeLineLogger('reconcile');
const counters = makeCounters('reconcile', process.env.STAGE ?? 'none');

const start = async () => {
  const live = await liveEnv(reconcileEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-reconcile');
  // The handshake runs while the first batch is being read.
  void database.warm();
  return {
    database,
    sleep,
    mode: env.PROVIDER_MODE,
    read: wireProviders(env, Date.now, live.newest).read,
    onOutcome: countOutcome(counters),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

/** Entry of the reconciler: batches of verified provider events from the queue. */
export const handler = queueHandler({
  work: (records) => handleProviderEvents(service)(records).finally(counters.flush),
  log,
});
