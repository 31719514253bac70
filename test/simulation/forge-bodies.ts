import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readEnv } from '#shared/config/read-env';
import { isAppError } from '#shared/errors/app-error';
import { type AnyHandler, makeDispatch } from '#shared/http/dispatch';
import type { ProviderEventMessage } from '#shared/messages/provider-event';
import { forgeCrc32 } from '../../local/paypal/forge-crc32';
import { webhookEnvSchema } from '../../services/webhook/env';
import { wireService } from '../../services/webhook/wire-service';
import {
  makeTestChain,
  PAYPAL_TEST_WEBHOOK_ID,
  signPayPal,
  startCertServer,
} from '../support/paypal-signature';
import { type Random, seededRandom } from './random';

/** What became of bodies forged for signatures that PayPal made for others. */
export interface ForgedBodies {
  /** Taken as signed: PayPal signs no more of a body than its CRC-32. */
  readonly accepted: number;
  readonly messages: number;
  /** Messages in which an amount, a status or a currency is left. */
  readonly telling: readonly string[];
  /** Fetches of certificates. */
  readonly fetches: number;
}

const NOW = Date.parse('2026-11-22T12:00:00Z');
const CERT = 'CERT-360caa42-fca2a594-7a1c6d2e';
/** What an attacker writes everywhere, so that it can be found wherever it comes through. */
const MARK = '424242';
const WORDS = /amount|value|status|state|currency|gross|total|COMPLETED/;

/** Sends `count` forged bodies through the real webhook service and looks at every message that came of them. */
export const sendForgedBodies = async (count: number, seed: number): Promise<ForgedBodies> => {
  const random = seededRandom(seed);
  const chain = await makeTestChain();
  const server = await startCertServer();
  server.answers.set(CERT, chain.served);
  const messages: ProviderEventMessage[] = [];
  const send = webhookService(messages, {
    PAYPAL_CERT_ORIGINS: server.origin,
    PAYPAL_TRUST_ROOTS: chain.root.pem,
  });
  const captured = recordedEvents().map((bytes) => ({
    bytes,
    headers: signPayPal(bytes, {
      key: chain.leaf.key,
      certUrl: server.urlOf(CERT),
      time: '2026-11-22T11:59:58Z',
    }),
  }));
  let accepted = 0;
  try {
    for (let made = 0; made < count; made += 1) {
      const { bytes, headers } = captured[random.below(captured.length)] ?? {
        bytes: Buffer.from('{}'),
        headers: {},
      };
      const body = forgeCrc32(forgeText(bytes, random), crc32(bytes));
      if (await send(Buffer.from(body), headers)) accepted += 1;
    }
  } finally {
    await server.close();
  }
  const telling = messages
    .map(({ body }) => body)
    .filter((body) => body.includes(MARK) || WORDS.test(bare(body)));
  return { accepted, messages: messages.length, telling, fetches: server.asked.length };
};

const recordedEvents = (): readonly Buffer[] => {
  const folder = join(__dirname, '../fixtures/paypal');
  return readdirSync(folder).map((file) => readFileSync(join(folder, file)));
};

/** The real service behind the real routes, whose queue is a list; tells whether it took a delivery. */
const webhookService = (
  queue: ProviderEventMessage[],
  env: Readonly<Record<string, string>>,
): ((body: Buffer, headers: Readonly<Record<string, string>>) => Promise<boolean>) => {
  const read = readEnv(webhookEnvSchema, {
    PROVIDER_MODE: 'test',
    EVENT_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/events',
    CHANGE_QUEUE_URL: 'http://127.0.0.1:4566/000000000000/changes',
    STRIPE_WEBHOOK_SECRETS: 'whsec_unused',
    PAYPAL_WEBHOOK_ID: PAYPAL_TEST_WEBHOOK_ID,
    ...env,
  });
  const service = wireService({
    currentEnv: async () => read,
    enqueue: async (message) => void queue.push(message),
    enqueueChange: async () => undefined,
    now: () => NOW,
    log: { info: () => undefined },
  });
  const dispatch = makeDispatch({
    ...service,
    handlers: service.handlers as Readonly<Record<string, AnyHandler>>,
  });
  return async (body, headers) => {
    const values = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    );
    const request = {
      method: 'POST',
      path: '/api/payments/webhook/paypal',
      headers: {},
      headerValues: values,
      cookies: new Map<string, string>(),
      query: {},
      rawBody: body,
      sourceIp: '192.0.2.1',
      requestId: 'req-1',
    };
    try {
      return (await dispatch(request)).status === 200;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  };
};

/** The event with every number, amount and status the attacker's, and more of them in places where none belongs. */
const forgeText = (bytes: Buffer, random: Random): string => {
  const event: unknown = JSON.parse(bytes.toString(), (key, value: unknown) => {
    if (typeof value === 'number' || key === 'value') return Number(`${MARK}${random.below(100)}`);
    if (key === 'status' || key === 'state') return 'COMPLETED';
    return value;
  });
  const amount = { currency_code: 'USD', value: `${MARK}.${10 + random.below(90)}` };
  const places = [
    { amount },
    { resource_amount_id: amount },
    { gross_id: Number(MARK) },
    { links: [{ rel: 'up', amount }] },
  ] as const;
  return JSON.stringify({
    ...(event as object),
    ...amount,
    extra: random.pick(places),
    summary: `COMPLETED for ${MARK}`,
  });
};

/** A message without its event's type and the addresses in it, whose words may well be `COMPLETED`. */
const bare = (body: string): string => body.replace(/"event_type":"[^"]*"|"href":"[^"]*"/g, '');
