import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { messageSender } from '#shared/queue/send-message';
import type { webhookContract } from './contract';
import { webhookEnvSchema } from './env';
import { wireService } from './wire-service';

const log = makeLineLogger('webhook');

const start = async (): Promise<HttpService<typeof webhookContract>> => {
  const env = await liveEnv(webhookEnvSchema, process.env, { log });
  const aws = awsRequest(readAwsAccess(process.env));
  return wireService({
    currentEnv: env.current,
    enqueue: messageSender(aws, env.first.EVENT_QUEUE_URL),
    enqueueChange: messageSender(aws, env.first.CHANGE_QUEUE_URL),
    now: Date.now,
    log,
  });
};

/** Entry of the webhook function: verifies what Stripe, PayPal and our database deliver and puts it on a queue. */
export const handler = httpHandler({ service: () => start().catch(logFailedInit(log)), log });
