import { readAwsAccess } from '#shared/config/aws-access';
import { liveEnv } from '#shared/config/live-env';
import { liveDatabase } from '#shared/database/live-database';
import { retryStart } from '#shared/kernel/retry-start';
import { describeError } from '#shared/observability/describe-error';
import { makeLineLogger } from '#shared/observability/line-logger';
import { logFailedInit } from '#shared/observability/log-failed-init';
import { makeCounters } from '#shared/observability/metrics';
import { queueHandler } from '#shared/queue/queue-handler';
import { changeHandlers } from './change-handlers';
import { outboxEnvSchema } from './env';
import { handleChangeRecords } from './handlers/handle-changes';
import type { HandleChangesDeps } from './use-cases/handle-changes';
import { sendDueMails } from './use-cases/send-outbox';
import { wireOutbox } from './wire-outbox';

const log = makeLineLogger('changes');
const counters = makeCounters('changes', process.env.STAGE ?? 'none');

/** Mails for each batch of changes: few enough to be sent before the function ends, even if the mail service is slow. */
const MAILS = 10;

const start = async (): Promise<HandleChangesDeps> => {
  const live = await liveEnv(outboxEnvSchema, process.env, { log });
  const database = liveDatabase(live, 'tandem-changes');
  void database.warm();
  const outbox = wireOutbox({ env: live.first, access: readAwsAccess(process.env), database, counters, log });
  const sendMails = async (): Promise<void> => {
    await sendDueMails(outbox, MAILS);
  };
  return {
    database,
    handlers: changeHandlers({ sendMails }),
    now: Date.now,
    onAfterCommitFailure: (error) => log.warn('work after a change failed', { error: describeError(error) }),
  };
};

const service = retryStart(() => start().catch(logFailedInit(log)));

/** Entry of the changes function: what follows from changes in the database. */
export const handler = queueHandler({
  work: (records) => handleChangeRecords(service)(records).finally(counters.flush),
  log,
});
