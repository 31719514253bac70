import type { AwsRequest } from '#shared/config/aws-request';
import { AppError } from '#shared/errors/app-error';
import { toMessageText } from '#shared/queue/send-message';

const TIMEOUT_MS = 3_000;
const ATTEMPTS = 3;

/** SQS's limits for one SendMessageBatch: entries, and bytes of all their bodies (below its 256 KiB). */
const MAX_ENTRIES = 10;
const MAX_BYTES = 250_000;

/** Puts many JSON values on a queue; resolves once SQS has confirmed all of them. */
export type SendMessages = (values: readonly unknown[]) => Promise<void>;

/**
 * SendMessageBatch to one SQS queue, as few requests as its limits allow, one after the other. A request whose answer was
 * lost is repeated, so a message may arrive twice.
 *
 * @throws AppError `queue_unavailable` at the first message that SQS did not take; those before it are on the queue
 */
export const messagesSender = (request: AwsRequest, queueUrl: string): SendMessages => {
  const endpoint = new URL(queueUrl).origin;
  const send = async (texts: readonly string[]): Promise<void> => {
    const answer = await request({
      service: 'sqs',
      endpoint,
      target: 'AmazonSQS.SendMessageBatch',
      jsonVersion: '1.0',
      input: {
        QueueUrl: queueUrl,
        Entries: texts.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      },
      timeoutMs: TIMEOUT_MS,
      attempts: ATTEMPTS,
    }).catch((cause: unknown) => {
      throw new AppError('queue_unavailable', { cause });
    });
    // What is not named as successful was not taken.
    if (!Array.isArray(answer.Successful) || answer.Successful.length !== texts.length)
      throw new AppError('queue_unavailable');
  };
  return async (values) => {
    for (const batch of inBatches(values.map(toMessageText))) await send(batch);
  };
};

const inBatches = (texts: readonly string[]): readonly (readonly string[])[] => {
  const batches: string[][] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX_ENTRIES || bytes + size > MAX_BYTES) {
      batches.push([text]);
      bytes = size;
    } else {
      last.push(text);
      bytes += size;
    }
  }
  return batches;
};
