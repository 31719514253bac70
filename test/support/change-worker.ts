import type { SQSEvent } from 'aws-lambda';
import type { Database } from '#shared/database/pool';
import type { ChangeMessage } from '#shared/messages/change';
import { queueHandler } from '#shared/queue/queue-handler';
import { changeHandlers } from '../../services/notification/change-handlers';
import { handleChangeRecords } from '../../services/notification/handlers/handle-changes';
import type { ChangeHandler } from '../../services/notification/use-cases/on-change';
import { type SweptChanges, sweepChanges } from '../../services/notification/use-cases/sweep-changes';
import { type LogLine, makeKeptLog } from './kept-log';
import { openAsRole } from './role-database';

/** The changes function and its sweep, on a real Postgres as their own role. */
export interface ChangeWorker {
  readonly handle: (event: SQSEvent) => Promise<readonly string[]>;
  readonly sweep: (now?: number) => Promise<SweptChanges>;
  /** What the sweep has put on the queue. */
  readonly sent: ChangeMessage[];
  readonly lines: LogLine[];
  readonly database: Database;
  readonly close: () => Promise<void>;
}

/** @param address of the database, for whatever role */
export const openChangeWorker = (
  address: string,
  handlers: readonly ChangeHandler[] = changeHandlers({ sendMails: async () => undefined }),
): ChangeWorker => {
  const database = openAsRole(address, 'tandem_notification');
  const { log, lines } = makeKeptLog();
  const sent: ChangeMessage[] = [];
  const handler = queueHandler({
    log,
    work: handleChangeRecords(async () => ({
      database,
      handlers,
      now: Date.now,
      onAfterCommitFailure: (error) => log.warn('work after a change failed', { error }),
    })),
  });
  return {
    // Names the messages that come back.
    handle: async (event) =>
      (await handler(event)).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    sweep: (now = Date.now()) =>
      sweepChanges({ database, enqueue: async (messages) => void sent.push(...messages), now: () => now }),
    sent,
    lines,
    database,
    close: () => database.close(),
  };
};
