import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { describeError } from '#shared/observability/describe-error';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { reconcileEnvSchema } from './env';
import { countOutcome } from './handlers/count-outcome';
import { handleSweep } from './handlers/sweep';
import { wireProviders } from './wire-providers';

const log = makeLineLogger('sweep');
const counters = makeCounters('sweep', process.env.STAGE ?? 'none');

const start = async () => {
  const live = await liveEnv(reconcileEnvSchema, process.env, { log });
  const env = live.first;
  return {
    database: liveDatabase(live, 'tandem-sweep'),
    ...wireProviders(env, Date.now, live.newest),
    mode: env.PROVIDER_MODE,
    now: Date.now,
    makeId: randomUUID,
    sleep,
    onOutcome: countOutcome(counters),
    onDrift: (open: number) => counters.count('DriftOpen', open),
    onFailure: (what: { readonly task: string; readonly id: string }, error: unknown) =>
      log.error('sweep could not settle', { ...what, error: describeError(error) }),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

/** Entry of the sweep: what the schedules ask for. */
export const handler = (event: unknown) => handleSweep(service, log)(event).finally(counters.flush);
