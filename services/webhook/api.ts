import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { readEnv } from '#shared/config/read-env';
import { withSecrets } from '#shared/config/secrets';
import { type HttpHandler, type HttpService, httpHandler } from '#shared/http/http-handler';
import { makeLineLogger } from '#shared/observability/line-logger';
import { messageSender } from '#shared/queue/send-message';
import type { contract } from './contract';
import { webhookEnvSchema } from './env';
import { wireService } from './wire-service';

const log = makeLineLogger('webhook');

const start = async (): Promise<HttpService<typeof contract>> => {
  const env = readEnv(webhookEnvSchema, await withSecrets(process.env));
  const enqueue = messageSender(awsRequest(readAwsAccess(process.env)), env.EVENT_QUEUE_URL);
  return wireService({ env, enqueue, now: Date.now, log });
};

let running: HttpHandler | undefined;

const boot = (): HttpHandler => {
  const service = start();
  service.catch((error: unknown) => {
    // Configuration errors name variables and secrets, never their values. The next request starts afresh: a secret that
    // could not be read for a second must not spoil the whole life of this process.
    log.error('init failed', { reason: error instanceof Error ? error.message : typeof error });
    running = undefined;
  });
  return httpHandler({ service, log });
};

running = boot();

/** Entry of the webhook function: verifies what Stripe and PayPal deliver and puts it on the queue. */
export const handler: HttpHandler = (event, context) => {
  running ??= boot();
  return running(event, context);
};
