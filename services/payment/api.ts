import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { liveVerifyAccessToken } from '#shared/identity/live-access-token';
import { liveLimiter } from '#shared/limits/live-limiter';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeLogger } from '#shared/observability/logger';
import { deadLetterQueue } from '#shared/queue/dead-letters';
import { messagesSender } from '#shared/queue/send-messages';
import type { PaymentContract } from './contract';
import { apiEnvSchema } from './env';
import { wireProviders } from './wire-providers';
import { wireService } from './wire-service';

const log = makeLogger('payment');

useEnglishMessages();

const start = async (): Promise<HttpService<PaymentContract>> => {
  const live = await liveEnv(apiEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-payment');
  void database.warm();
  const now = Date.now;
  const aws = awsRequest(readAwsAccess(process.env));
  const verifyAccessToken = liveVerifyAccessToken(live, now);
  return wireService({
    database,
    ...wireProviders(env, now, live.newest),
    sendEvents: messagesSender(aws, env.EVENT_QUEUE_URL),
    deadLetters: {
      'provider-events': deadLetterQueue(aws, env.DEAD_LETTERS_URL),
      'database-changes': deadLetterQueue(aws, env.CHANGE_DEAD_LETTERS_URL),
    },
    authenticate: makeAuthenticate({ database, verifyAccessToken, now }),
    allowedOrigins: [new URL(env.SITE_URL).origin],
    limiter: await liveLimiter({ env, database, log, now }),
    mode: env.PROVIDER_MODE,
    now,
    makeId: randomUUID,
    sleep,
  });
};

/** Entry of the payment function: /api/payments/*. */
export const handler = httpHandler({ log, service: () => start().catch(logFailedInit(log)) });
