import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { liveVerifyAccessToken } from '#shared/identity/live-access-token';
import { makeAccountKeys } from '#shared/limits/account-keys';
import { liveLimiter } from '#shared/limits/live-limiter';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeLogger } from '#shared/observability/logger';
import { messageSender } from '#shared/queue/send-message';
import { renewingFetch } from '#shared/supabase/renewing-fetch';
import type { authContract } from './contract';
import { authEnvSchema, readList } from './env';
import { makeSeal } from './providers/seal-order';
import { makeSupabaseIdentity } from './providers/supabase-identity';
import { makeOrderMail } from './use-cases/order-mail';
import { wireService } from './wire-service';

const log = makeLogger('auth');

/** Longer than Supabase Auth takes to compare a password, in all but the rarest cases. */
const SIGN_IN_STEP_MS = 300;

useEnglishMessages();

const start = async (): Promise<HttpService<typeof authContract>> => {
  const live = await liveEnv(authEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-auth');
  void database.warm();
  const now = Date.now;
  const [accountKey = '', ...olderKeys] = readList(env.ACCOUNT_KEYS);
  const accounts = makeAccountKeys([accountKey, ...olderKeys]);
  const orderMail = makeOrderMail({
    database,
    seal: makeSeal([accountKey, ...olderKeys]).seal,
    send: messageSender(awsRequest(readAwsAccess(process.env)), env.MAIL_QUEUE_URL),
    now,
    makeId: randomUUID,
  });
  return wireService({
    database,
    accounts,
    limiter: await liveLimiter({ env, database, log, now, accounts }),
    identity: makeSupabaseIdentity({
      url: env.SUPABASE_URL,
      publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
      log,
      fetch: renewingFetch([
        {
          value: env.SUPABASE_PUBLISHABLE_KEY,
          newest: async () => (await live.newest()).SUPABASE_PUBLISHABLE_KEY,
        },
      ]),
    }),
    verifyAccessToken: liveVerifyAccessToken(live, now),
    allowedOrigins: [new URL(env.SITE_URL).origin],
    siteUrl: env.SITE_URL,
    redirectUrls: readList(env.REDIRECT_URLS ?? ''),
    orderMail,
    refusalStepMs: Number(env.SIGN_IN_STEP_MS ?? SIGN_IN_STEP_MS),
    sleep,
    now,
  });
};

/** Entry of the auth function: /api/auth/*. */
export const handler = httpHandler({ log, service: () => start().catch(logFailedInit(log)) });
