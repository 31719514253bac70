import { randomUUID } from 'node:crypto';
import { readAwsAccess } from '#shared/config/aws-access';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { outboxEnvSchema } from './env';
import { countMail } from './handlers/count-mail';
import { handleSendOutbox } from './handlers/send-outbox';
import { sesMailer } from './providers/ses-mailer';
import type { SendOutboxDeps } from './use-cases/send-outbox';

const log = makeLineLogger('outbox');
const counters = makeCounters('outbox', process.env.STAGE ?? 'none');

const start = async (): Promise<SendOutboxDeps> => {
  const live = await liveEnv(outboxEnvSchema, process.env, { log });
  const { MAIL_SENDER: sender, SITE_URL: siteUrl, AWS_ENDPOINT_URL_SESV2: endpoint } = live.first;
  return {
    database: liveDatabase(live, 'tandem-outbox'),
    sendMail: sesMailer({ access: readAwsAccess(process.env), sender, endpoint }),
    siteUrl,
    now: Date.now,
    makeId: randomUUID,
    onSettled: countMail(counters, log),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

const run = handleSendOutbox(service, log);

/** Entry of the outbox: sends the mails that are due, whenever its schedule calls. */
export const handler = () => run().finally(counters.flush);
