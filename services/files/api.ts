import { randomUUID } from 'node:crypto';
import { readAwsAccess } from '#shared/config/aws-access';
import { awsRequest } from '#shared/config/aws-request';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { liveVerifyAccessToken } from '#shared/identity/live-access-token';
import { liveLimiter } from '#shared/limits/live-limiter';
import type { FileInspectionMessage } from '#shared/messages/file-inspection';
import { describeError } from '#shared/observability/describe-error';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeLogger } from '#shared/observability/logger';
import { messageSender } from '#shared/queue/send-message';
import { renewingFetch } from '#shared/supabase/renewing-fetch';
import type { FilesContract } from './contract';
import { apiEnvSchema } from './env';
import { makeSupabaseObjects } from './providers/supabase-objects';
import { wireService } from './wire-service';

const log = makeLogger('files');

useEnglishMessages();

/** Milliseconds for one question to Storage, of which a request has at most two. */
const STORAGE_TIMEOUT_MS = 8_000;

const start = async (): Promise<HttpService<FilesContract>> => {
  const live = await liveEnv(apiEnvSchema, process.env, { log });
  const env = live.first;
  const database = liveDatabase(live, 'tandem-files');
  void database.warm();
  const now = Date.now;
  const send = messageSender(awsRequest(readAwsAccess(process.env)), env.FILE_QUEUE_URL);
  const verifyAccessToken = liveVerifyAccessToken(live, now);
  return wireService({
    database,
    objects: makeSupabaseObjects(
      {
        url: env.SUPABASE_URL,
        timeoutMs: STORAGE_TIMEOUT_MS,
        fetch: renewingFetch([
          {
            value: env.SUPABASE_SECRET_KEY,
            newest: async () => (await live.newest()).SUPABASE_SECRET_KEY,
          },
        ]),
      },
      env.SUPABASE_SECRET_KEY,
    ),
    orderInspection: (id) => send({ version: 1, id } satisfies FileInspectionMessage),
    onLeft: (error) => log.warn('objects left to the sweep', { error: describeError(error) }),
    authenticate: makeAuthenticate({ database, verifyAccessToken, now }),
    allowedOrigins: [new URL(env.SITE_URL).origin],
    limiter: await liveLimiter({ env, database, log, now }),
    now,
    makeId: randomUUID,
  });
};

/** Entry of the files function: /api/files/*. */
export const handler = httpHandler({ log, service: () => start().catch(logFailedInit(log)) });
