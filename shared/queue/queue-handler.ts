import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describeError } from '#shared/observability/describe-error';
import type { Log } from '#shared/observability/logger';

/** The verdict on one record: done, or to be received again (and in the end to reach the DLQ). */
export type RecordVerdict = { readonly done: true } | { readonly done: false; readonly error: unknown };

export type BatchWork = (records: readonly SQSRecord[]) => Promise<ReadonlyMap<string, RecordVerdict>>;

export type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/**
 * The one stack of every queue function. `work` sees the whole batch at once, so that the number of SQL statements does not
 * grow with it, and says by message id how each record fared. A record it does not mention counts as failed: forgetting
 * one must never delete it.
 */
export const queueHandler =
  ({ work, log }: { readonly work: BatchWork; readonly log: Log }): QueueHandler =>
  async (event) => {
    const verdicts = await work(event.Records).catch((error: unknown) => {
      log.error('batch failed', { records: event.Records.length, error: describeError(error) });
      return new Map<string, RecordVerdict>();
    });
    // throwOnFullBatchFailure off: the answer then names every record, which Lambda treats the same, without an error metric
    // that says nothing about the cause; the error line above does.
    return processPartialResponse(
      event,
      async (record: SQSRecord) => {
        const verdict = verdicts.get(record.messageId);
        if (verdict?.done) return;
        const error = verdict === undefined ? new Error('no verdict') : verdict.error;
        log.warn('record failed', {
          messageId: record.messageId,
          receives: record.attributes.ApproximateReceiveCount,
          error: describeError(error),
        });
        throw error;
      },
      new BatchProcessor(EventType.SQS),
      { throwOnFullBatchFailure: false },
    );
  };
