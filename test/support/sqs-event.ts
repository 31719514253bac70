import { createHash } from 'node:crypto';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { ProviderEventMessage } from '#shared/messages/provider-event';

/** A verified event as the webhook service puts it on the queue. `body` is the event itself. */
export const providerMessage = (
  event: { readonly id: string; readonly type?: string; readonly event_type?: string },
  more: Partial<ProviderEventMessage> = {},
): ProviderEventMessage => {
  const body = JSON.stringify(event);
  const provider = event.type === undefined ? 'paypal' : 'stripe';
  return {
    version: 1,
    provider,
    eventId: event.id,
    eventType: event.type ?? event.event_type ?? 'unknown',
    mode: 'test',
    account: null,
    receivedAt: '2026-11-22T12:00:00.000Z',
    sha256: createHash('sha256').update(body).digest('hex'),
    transmissionId: provider === 'paypal' ? `transmission-${event.id}` : null,
    body,
    ...more,
  };
};

let received = 0;

/** One record of a batch. A string is the message's body as it is; anything else goes as JSON. */
export const sqsRecord = (body: unknown, messageId?: string): SQSRecord => {
  received += 1;
  return {
    messageId: messageId ?? `message-${received}`,
    receiptHandle: `receipt-${received}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1795348800000',
      SenderId: 'AIDATEST',
      ApproximateFirstReceiveTimestamp: '1795348800001',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:events',
    awsRegion: 'eu-west-1',
  };
};

/** A batch as Lambda hands it to a queue function. */
export const sqsEvent = (records: readonly SQSRecord[]): SQSEvent => ({ Records: [...records] });
