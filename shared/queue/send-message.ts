import type { AwsRequest } from '#shared/config/aws-request';
import { AppError } from '#shared/errors/app-error';

const TIMEOUT_MS = 2_000;
const ATTEMPTS = 3;

/** Puts one JSON value on a queue; resolves once SQS has confirmed it. */
export type SendMessage = (value: unknown) => Promise<void>;

/**
 * SendMessage to one SQS queue. An attempt whose answer was lost is repeated, so a message may arrive twice, as SQS itself
 * may deliver it twice.
 *
 * @param queueUrl as CloudFormation gives it; its origin is the endpoint unless AWS_ENDPOINT_URL_SQS names another
 * @throws AppError `queue_unavailable`
 */
export const messageSender = (request: AwsRequest, queueUrl: string): SendMessage => {
  const endpoint = new URL(queueUrl).origin;
  return async (value) => {
    const answer = await request({
      service: 'sqs',
      endpoint,
      target: 'AmazonSQS.SendMessage',
      jsonVersion: '1.0',
      input: { QueueUrl: queueUrl, MessageBody: toMessageText(value) },
      timeoutMs: TIMEOUT_MS,
      attempts: ATTEMPTS,
    }).catch((cause: unknown) => {
      throw new AppError('queue_unavailable', { cause });
    });
    if (typeof answer.MessageId !== 'string') throw new AppError('queue_unavailable');
  };
};

/** SQS refuses these two characters, which JSON allows; inside JSON they can be written as escapes. */
export const toMessageText = (value: unknown): string =>
  JSON.stringify(value).replace(/[\ufffe\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
