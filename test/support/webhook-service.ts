import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { readEnv } from '#shared/config/read-env';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { type ChangeMessage, changeMessageSchema } from '#shared/messages/change';
import { type ProviderEventMessage, providerEventSchema } from '#shared/messages/provider-event';
import { webhookEnvSchema } from '../../services/webhook/env';
import { wireService } from '../../services/webhook/wire-service';
import { CHANGE_TEST_SECRET } from './change-webhook';
import { PAYPAL_TEST_WEBHOOK_ID } from './paypal-signature';
import { STRIPE_TEST_SECRET } from './stripe-signature';

/** One recorded-shape event: its name and its exact bytes. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Buffer;
}

export const fixturesOf = (provider: 'stripe' | 'paypal'): readonly Fixture[] => {
  const folder = join(__dirname, '../fixtures', provider);
  return readdirSync(folder).map((file) => ({
    name: file.replace('.json', ''),
    bytes: readFileSync(join(folder, file)),
  }));
};

export const fixture = (provider: 'stripe' | 'paypal', name: string): Buffer =>
  readFileSync(join(__dirname, '../fixtures', provider, `${name}.json`));

type Multi = Record<string, string | readonly string[]>;

/** A REST API proxy event for a webhook, as API Gateway makes it. */
export const webhookRequest = (
  provider: string,
  body: Buffer | string,
  headers: Multi,
  { base64 = false, slash = false } = {},
): APIGatewayProxyEvent => {
  const lists = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? [value] : [...value]]),
  );
  const path = `/api/payments/webhook/${provider}${slash ? '/' : ''}`;
  return {
    httpMethod: 'POST',
    path,
    resource: '/api/payments/webhook/{provider}',
    headers: Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: lists,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { provider },
    stageVariables: null,
    body: base64 ? Buffer.from(body).toString('base64') : body.toString(),
    isBase64Encoded: base64,
    requestContext: { extendedRequestId: 'req-1', identity: { sourceIp: '192.0.2.1' } },
  } as unknown as APIGatewayProxyEvent;
};

export interface TestWebhook {
  readonly handler: HttpHandler;
  /** Messages on the queue so far. */
  readonly messages: ProviderEventMessage[];
  /** The same on the queue of changes. */
  readonly changes: ChangeMessage[];
  readonly logged: unknown[];
  /** Makes the queues refuse with this. */
  failQueueWith: unknown;
  readonly post: (
    event: APIGatewayProxyEvent,
  ) => Promise<{ status: number; code: string | undefined; body: unknown }>;
}

/** The real service behind the real HTTP stack; only the queues are lists. */
export const makeTestWebhook = (
  env: Readonly<Record<string, string>> = {},
  now: () => number = Date.now,
): TestWebhook => {
  const messages: ProviderEventMessage[] = [];
  const changes: ChangeMessage[] = [];
  const logged: unknown[] = [];
  const write = (...line: unknown[]): void => void logged.push(line);
  const log = { info: write, warn: write, error: write, debug: write, appendKeys: write, resetKeys: write };
  const test: TestWebhook = {
    handler: (event, context) => handler(event, context),
    messages,
    changes,
    logged,
    failQueueWith: undefined,
    post: async (event) => {
      const response = await handler(event, {} as Context);
      const body: unknown = JSON.parse(response.body);
      const code =
        typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
      return { status: response.statusCode, code, body };
    },
  };
  const read = readEnv(webhookEnvSchema, {
    PROVIDER_MODE: 'test',
    EVENT_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/events',
    CHANGE_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/changes',
    STRIPE_WEBHOOK_SECRETS: STRIPE_TEST_SECRET,
    PAYPAL_WEBHOOK_ID: PAYPAL_TEST_WEBHOOK_ID,
    CHANGE_WEBHOOK_SECRETS: CHANGE_TEST_SECRET,
    ...env,
  });
  const service = wireService({
    currentEnv: async () => read,
    enqueue: async (message) => {
      if (test.failQueueWith !== undefined) throw test.failQueueWith;
      messages.push(providerEventSchema.parse(JSON.parse(JSON.stringify(message))));
    },
    enqueueChange: async (message) => {
      if (test.failQueueWith !== undefined) throw test.failQueueWith;
      changes.push(changeMessageSchema.parse(JSON.parse(JSON.stringify(message))));
    },
    now,
    log,
  });
  const handler = httpHandler({ service: Promise.resolve(service), log });
  return test;
};
