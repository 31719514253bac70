import type { AwsRequest } from '#shared/config/aws-request';

/**
 * Asks SQS whether a queue is there and ours; costs one request, or another where that was lost, and changes nothing.
 *
 * @throws AwsError or the connection's Error when it is not
 */
export const queueAsker =
  (request: AwsRequest, queueUrl: string, timeoutMs: number): (() => Promise<void>) =>
  async () => {
    await request({
      service: 'sqs',
      endpoint: new URL(queueUrl).origin,
      target: 'AmazonSQS.GetQueueAttributes',
      jsonVersion: '1.0',
      input: { QueueUrl: queueUrl, AttributeNames: ['QueueArn'] },
      timeoutMs,
      // The first may find that the connection of minutes ago is dead.
      attempts: 2,
    });
  };
