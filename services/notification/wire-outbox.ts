import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import type { Log } from '#shared/observability/logger';
import { countMail } from './handlers/count-mail';
import { sesMailer } from './providers/ses-mailer';
import type { SendOutboxDeps } from './use-cases/send-outbox';

export interface OutboxParts {
  readonly env: {
    readonly MAIL_SENDER: string;
    readonly SITE_URL: string;
    readonly AWS_ENDPOINT_URL_SESV2?: string | undefined;
  };
  readonly access: Parameters<typeof sesMailer>[0]['access'];
  readonly database: Database;
  readonly counters: Parameters<typeof countMail>[0];
  readonly log: Log;
}

/** What sends mails, for both functions that do: by schedule, and at once when one is due. */
export const wireOutbox = ({ env, access, database, counters, log }: OutboxParts): SendOutboxDeps => ({
  database,
  sendMail: sesMailer({ access, sender: env.MAIL_SENDER, endpoint: env.AWS_ENDPOINT_URL_SESV2 }),
  siteUrl: env.SITE_URL,
  now: Date.now,
  makeId: randomUUID,
  onSettled: countMail(counters, log),
});
