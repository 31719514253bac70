import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSourceModel } from '../assembly/model';
import type { Outcome } from '../lambda/invocation';
import { judgeBatch } from './judge-batch';
import { makeSqsEvent } from './make-sqs-event';
import type { SqsClient, WireMessage } from './sqs-client';

/** One finished batch, for the log. */
export type BatchRecord = { size: number; failed: number; durationMs: number; error?: string };

export type PollOptions = {
  source: EventSourceModel;
  queueUrl: string;
  region: string;
  sqs: SqsClient;
  invoke: (event: unknown) => Promise<Outcome>;
  onBatch?: (record: BatchRecord) => void;
  /** Long-poll seconds; AWS uses 20. */
  waitSeconds?: number;
};

export type Poller = {
  /** No further batches; resolves when those under way are done. */
  close: () => Promise<void>;
};

/** AWS starts with five concurrent calls; a standard queue without a limit would grow from there. */
const UNLIMITED_CONCURRENCY = 5;
const PAUSE_AFTER_ERROR_MS = 500;

/**
 * The event source mapping: receives batches and calls the function, at most `maxConcurrency` at a time.
 * What a call did not finish is left to the visibility timeout and, after too many receives, to the
 * dead-letter queue: nothing is put back early.
 */
export function pollQueue(options: PollOptions): Poller {
  const { source, sqs, queueUrl } = options;
  const limit = source.maxConcurrency ?? UNLIMITED_CONCURRENCY;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const receive = async (max: number, waitSeconds: number): Promise<WireMessage[]> => {
    const input = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(10, max),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      AttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const { Messages } = await sqs('ReceiveMessage', input, stopping.signal);
    return (Messages ?? []) as WireMessage[];
  };

  /** Gathers up to the batch size, no longer than the batching window after the first message. */
  const gather = async (): Promise<WireMessage[]> => {
    const batch = await receive(source.batchSize, options.waitSeconds ?? 20);
    const until = Date.now() + source.batchingWindowSeconds * 1000;
    while (batch.length > 0 && batch.length < source.batchSize && !stopping.signal.aborted) {
      const leftMs = until - Date.now();
      const more = await receive(source.batchSize - batch.length, Math.max(0, Math.floor(leftMs / 1000)));
      batch.push(...more);
      if (leftMs <= 0 && more.length === 0) break;
      if (more.length === 0) await sleep(Math.min(50, Math.max(0, leftMs)));
    }
    return batch;
  };

  const process = async (batch: WireMessage[]) => {
    const startedAt = performance.now();
    const outcome = await options.invoke(makeSqsEvent(batch, source.queueArn, options.region));
    const ids = batch.map((message) => message.MessageId);
    const done = judgeBatch(ids, outcome, source.reportBatchItemFailures);
    const entries = batch
      .filter((message) => done.has(message.MessageId))
      .map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle }));
    for (let i = 0; i < entries.length; i += 10) {
      await sqs('DeleteMessageBatch', { QueueUrl: queueUrl, Entries: entries.slice(i, i + 10) });
    }
    options.onBatch?.({
      size: batch.length,
      failed: batch.length - done.size,
      durationMs: Math.round(performance.now() - startedAt),
      ...(outcome.functionError && { error: outcome.payload }),
    });
  };

  const loop = async () => {
    while (!stopping.signal.aborted) {
      if (running.size >= limit) {
        await Promise.race(running);
        continue;
      }
      try {
        const batch = await gather();
        if (batch.length === 0) continue;
        // A batch whose deletion fails is delivered again: that is what at-least-once means.
        const work = process(batch)
          .catch(() => undefined)
          .finally(() => running.delete(work));
        running.add(work);
      } catch {
        if (!stopping.signal.aborted) await sleep(PAUSE_AFTER_ERROR_MS); // the queue is away: try again
      }
    }
  };
  const looping = loop();

  return {
    close: async () => {
      stopping.abort();
      await looping;
      await Promise.all(running);
    },
  };
}
