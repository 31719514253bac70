import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { fetchKeySet } from '#shared/identity/fetch-key-set';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeLogger } from '#shared/observability/logger';
import { queueAsker } from '#shared/queue/ask-queue';
import { version } from '../../package.json';
import type { healthContract } from './contract';
import { healthEnvSchema } from './env';
import { ping } from './sql/ping';
import { wireService } from './wire-service';

const log = makeLogger('health');

/** Milliseconds each dependency has to answer. */
const TIMEOUT_MS = 2_000;

const start = async (): Promise<HttpService<typeof healthContract>> => {
  const live = await liveEnv(healthEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-health');
  const askQueue = queueAsker(awsRequest(readAwsAccess(process.env)), env.EVENT_QUEUE_URL, TIMEOUT_MS);
  return wireService({
    probes: {
      database: () => ping(database),
      // The key set needs no key of ours and touches no account.
      supabase: () => fetchKeySet(env.SUPABASE_URL, TIMEOUT_MS),
      queue: askQueue,
    },
    timeoutMs: TIMEOUT_MS,
    version,
    now: Date.now,
    log,
  });
};

/** Entry of the health function: /api/health. */
export const handler = httpHandler({ log, service: () => start().catch(logFailedInit(log)) });
