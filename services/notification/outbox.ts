import { readAwsAccess } from '#shared/config/aws-access';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { outboxEnvSchema } from './env';
import { handleSendOutbox } from './handlers/send-outbox';
import type { SendOutboxDeps } from './use-cases/send-outbox';
import { wireOutbox } from './wire-outbox';

const log = makeLineLogger('outbox');
const counters = makeCounters('outbox', process.env.STAGE ?? 'none');

const start = async (): Promise<SendOutboxDeps> => {
  const live = await liveEnv(outboxEnvSchema, process.env, { log });
  const database = liveDatabase(live, 'tandem-outbox');
  return wireOutbox({ env: live.first, access: readAwsAccess(process.env), database, counters, log });
};

const service = retryStart(() => start().catch(logFailedInit(log)));

const run = handleSendOutbox(service, log);

/** Entry of the outbox: sends the mails that are due, whenever its schedule calls. */
export const handler = () => run().finally(counters.flush);
