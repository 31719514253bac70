import type { Log } from '#shared/observability/logger';
import type { Counters } from '#shared/observability/metrics';
import type { SettledState } from '../use-cases/send-one-mail';

const metricOf = {
  sent: 'MailSent',
  dropped: 'MailDropped',
  failed: 'MailFailed',
  unknown: 'MailUnknown',
} as const satisfies Record<SettledState, string>;

/** Counts how mails end; of those that a person must look at (docs/notifications.md) the log names the row. */
export const countMail =
  (counters: Counters, log: Log) =>
  (mailId: string, state: SettledState, code: string | null): void => {
    counters.count(metricOf[state]);
    if (state === 'failed' || state === 'unknown') log.error('mail not sent', { mailId, state, code });
  };
