import { AwsError, type AwsRequest, type AwsTarget } from '#shared/config/aws-request';
import { AppError } from '#shared/errors/app-error';

const TIMEOUT_MS = 5_000;

/** A message of a dead-letter queue. */
export interface DeadMessage {
  readonly messageId: string;
  /** When it was first put on the queue that gave up on it; milliseconds since 1970. */
  readonly sentAt: number;
  readonly body: string;
}

export interface DeadLetterQueue {
  /** About how many there are, hidden ones included. */
  readonly count: () => Promise<number>;
  /** Up to `limit` messages (10 at most), hidden from nobody, with the count. */
  readonly peek: (
    limit: number,
  ) => Promise<{ readonly count: number; readonly messages: readonly DeadMessage[] }>;
  /** Begins to move all of them back to the queue they came from; gives SQS's handle of the task. */
  readonly redrive: () => Promise<string>;
}

/**
 * A dead-letter queue for an operator.
 *
 * @throws AppError `queue_unavailable`; `conflict` for a redrive while another is running
 */
export const deadLetterQueue = (request: AwsRequest, queueUrl: string): DeadLetterQueue => {
  const ask = (target: AwsTarget, input: Readonly<Record<string, unknown>>, attempts: number) =>
    request({
      service: 'sqs',
      endpoint: new URL(queueUrl).origin,
      target,
      jsonVersion: '1.0',
      input,
      timeoutMs: TIMEOUT_MS,
      attempts,
    }).catch((cause: unknown) => {
      throw new AppError(isRunning(cause) ? 'conflict' : 'queue_unavailable', { cause });
    });

  const attributes = async (...names: string[]): Promise<Readonly<Record<string, string>>> => {
    const answer = await ask(
      'AmazonSQS.GetQueueAttributes',
      { QueueUrl: queueUrl, AttributeNames: names },
      2,
    );
    return (answer.Attributes ?? {}) as Readonly<Record<string, string>>;
  };

  const count = async (): Promise<number> => {
    const counts = await attributes('ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible');
    return Object.values(counts).reduce((total, value) => total + Number(value), 0);
  };

  return {
    count,
    peek: async (limit) => {
      const answer = await ask(
        'AmazonSQS.ReceiveMessage',
        // Visible again at once: nobody works on them, and a redrive must find them. A short wait asks all of SQS's servers.
        {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: limit,
          VisibilityTimeout: 0,
          WaitTimeSeconds: 1,
          MessageSystemAttributeNames: ['SentTimestamp'],
        },
        2,
      );
      const messages = Array.isArray(answer.Messages) ? answer.Messages : [];
      return { count: await count(), messages: messages.map(readMessage) };
    },
    redrive: async () => {
      const { QueueArn } = await attributes('QueueArn');
      // Once: a second task would be refused as running, whoever began the first.
      const { TaskHandle } = await ask('AmazonSQS.StartMessageMoveTask', { SourceArn: QueueArn }, 1);
      if (typeof TaskHandle !== 'string') throw new AppError('queue_unavailable');
      return TaskHandle;
    },
  };
};

interface SqsMessage {
  readonly MessageId?: string;
  readonly Body?: string;
  readonly Attributes?: { readonly SentTimestamp?: string };
}

const readMessage = ({ MessageId = '', Body = '', Attributes = {} }: SqsMessage): DeadMessage => ({
  messageId: MessageId,
  sentAt: Number(Attributes.SentTimestamp ?? 0),
  body: Body,
});

/** SQS allows one move of a queue at a time ("There is already a task running"). */
const isRunning = (error: unknown): boolean =>
  error instanceof AwsError && error.status === 400 && /UnsupportedOperation/.test(error.code);
