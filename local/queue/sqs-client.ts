import { sign } from 'aws4';
import type { MessageAttributes } from './message-attributes';

/** A message as ReceiveMessage answers it. */
export type WireMessage = {
  MessageId: string;
  ReceiptHandle: string;
  MD5OfBody: string;
  Body: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: MessageAttributes;
  MD5OfMessageAttributes?: string;
};

export type SqsClient = (
  action: string,
  input: object,
  signal?: AbortSignal,
) => Promise<Record<string, unknown>>;

/** Calls an SQS endpoint: the local server, or whichever AWS_ENDPOINT_URL_SQS names. */
export function makeSqsClient(endpoint: string, region: string): SqsClient {
  const { host } = new URL(endpoint);
  return async (action, input, signal) => {
    const body = JSON.stringify(input);
    const signed = sign(
      {
        host,
        service: 'sqs',
        region,
        path: '/',
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
        body,
      },
      {
        accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
      },
    );
    const headers = new Headers(signed.headers as Record<string, string>);
    headers.delete('host');
    headers.delete('content-length');
    const response = await fetch(endpoint, { method: 'POST', headers, body, signal: signal ?? null });
    const text = await response.text();
    if (!response.ok) throw new Error(`SQS ${action} at ${endpoint}: ${response.status} ${text}`);
    return JSON.parse(text || '{}') as Record<string, unknown>;
  };
}
