import type { Context } from 'aws-lambda';
import { SignJWT } from 'jose';
import * as z from 'zod/mini';
import { type LiveEnv, liveEnv } from '#shared/config/live-env';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { liveVerifyAccessToken } from '#shared/identity/live-access-token';
import { type WebhookEnv, webhookEnvSchema } from '../../services/webhook/env';
import { wireService } from '../../services/webhook/wire-service';
import { type ChangingSecrets, startChangingSecrets } from '../support/changing-secrets';
import { makeKeptLog } from '../support/kept-log';
import {
  type CertServer,
  makeTestChain,
  signPayPal,
  startCertServer,
  type TestChain,
} from '../support/paypal-signature';
import { stripeV1 } from '../support/stripe-signature';
import { fixture, webhookRequest } from '../support/webhook-service';

/** The webhook function while an operator changes what it judges deliveries by (docs/rotation.md). */
const NOW = Date.parse('2026-11-22T12:00:00Z');
const FIVE_MINUTES = 5 * 60_000;
const [OLD, NEW] = ['whsec_old', 'whsec_new'];
const [OLD_ID, NEW_ID] = ['8PT597110X687430L', '1JE4291016473214C'];

let chain: TestChain;
let certs: CertServer;
let secrets: ChangingSecrets;
let clock: number;
let live: LiveEnv<WebhookEnv>;
let handler: HttpHandler;
const { log, lines } = makeKeptLog();

beforeAll(async () => {
  chain = await makeTestChain();
  certs = await startCertServer();
  certs.answers.set('CERT-1', chain.served);
}, 60_000);
afterAll(() => certs.close());

beforeEach(async () => {
  clock = NOW;
  lines.length = 0;
  secrets = await startChangingSecrets({
    StripeWebhook: { STRIPE_WEBHOOK_SECRETS: OLD },
    PayPalWebhook: paypal(OLD_ID),
  });
  await startFunction();
});
afterEach(() => secrets.close());

const paypal = (ids: string): Record<string, string> => ({
  PAYPAL_WEBHOOK_ID: ids,
  PAYPAL_CERT_ORIGINS: certs.origin,
  PAYPAL_TRUST_ROOTS: chain.root.pem,
});

const startFunction = async (): Promise<void> => {
  const source = {
    ...secrets.env,
    PROVIDER_MODE: 'test',
    EVENT_QUEUE_URL: 'http://127.0.0.1:1/events',
    CHANGE_QUEUE_URL: 'http://127.0.0.1:1/changes',
  };
  live = await liveEnv(webhookEnvSchema, source, { log, now: () => clock });
  const service = wireService({
    currentEnv: live.current,
    enqueue: async () => undefined,
    enqueueChange: async () => undefined,
    now: () => clock,
    log,
  });
  handler = httpHandler({ service: Promise.resolve(service), log });
};

/** An operator puts a secret; the function that runs on believes what it had for five minutes at most. */
const put = (name: string, value: Record<string, string>): void => {
  secrets.put(name, value);
  clock += FIVE_MINUTES;
};

const charge = fixture('stripe', 'charge_succeeded');
const capture = fixture('paypal', 'payment_capture_completed');

/** What the function answers to Stripe, which signs with every secret that its endpoint has then. */
const fromStripe = async (...signedWith: string[]): Promise<number> => {
  const at = Math.floor(clock / 1000);
  const signatures = signedWith.map((secret) => `v1=${stripeV1(charge, secret, at)}`);
  const headers = { 'Stripe-Signature': [`t=${at}`, ...signatures].join(',') };
  return (await handler(webhookRequest('stripe', charge, headers), {} as Context)).statusCode;
};

const fromPayPal = async (webhookId: string): Promise<number> => {
  const time = new Date(clock).toISOString();
  const headers = signPayPal(capture, {
    key: chain.leaf.key,
    certUrl: certs.urlOf('CERT-1'),
    time,
    webhookId,
  });
  return (await handler(webhookRequest('paypal', capture, headers), {} as Context)).statusCode;
};

describe('a Stripe secret is rolled', () => {
  test('Stripe begins: it signs with both, then we hold both, then it drops the old one, then we do', async () => {
    expect(await fromStripe(OLD)).toBe(200);
    expect(await fromStripe(OLD, NEW)).toBe(200);
    put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: `${OLD},${NEW}` });
    expect([await fromStripe(OLD, NEW), await fromStripe(OLD), await fromStripe(NEW)]).toEqual([
      200, 200, 200,
    ]);
    put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: NEW });
    expect([await fromStripe(NEW), await fromStripe(OLD)]).toEqual([200, 400]);
  });

  test('we begin: we hold both, then Stripe signs with the new one alone, then we drop the old one', async () => {
    put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: `${NEW}, ${OLD}` });
    expect([await fromStripe(OLD), await fromStripe(NEW)]).toEqual([200, 200]);
    put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: NEW });
    expect([await fromStripe(NEW), await fromStripe(OLD)]).toEqual([200, 400]);
  });

  test('a secret that was taken out is refused within five minutes by functions that run on, and at once by new ones', async () => {
    secrets.put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: NEW });
    clock += FIVE_MINUTES - 1;
    expect(await fromStripe(OLD)).toBe(200);
    clock += 1;
    expect(await fromStripe(OLD)).toBe(400);
    secrets.put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: OLD });
    await startFunction();
    expect([await fromStripe(NEW), await fromStripe(OLD)]).toEqual([400, 200]);
  });
});

describe('PayPal’s deliveries move to another webhook', () => {
  test('those of both are taken while both are configured, those of the old one no more once it is taken out', async () => {
    expect([await fromPayPal(OLD_ID), await fromPayPal(NEW_ID)]).toEqual([200, 400]);
    put('PayPalWebhook', paypal(`${OLD_ID},${NEW_ID}`));
    expect([await fromPayPal(OLD_ID), await fromPayPal(NEW_ID)]).toEqual([200, 200]);
    put('PayPalWebhook', paypal(NEW_ID));
    expect([await fromPayPal(OLD_ID), await fromPayPal(NEW_ID)]).toEqual([400, 200]);
  });
});

describe('the secrets are read again', () => {
  test('once in five minutes, however many ask, and change nothing where nothing changed', async () => {
    const reads = secrets.reads();
    clock += FIVE_MINUTES;
    await Promise.all(Array.from({ length: 20 }, () => fromStripe(OLD)));
    expect(secrets.reads() - reads).toBe(2); // it has two
    expect(await live.current()).toBe(live.first);
  });

  test('in vain: what was known holds, and they are not asked for with every request', async () => {
    secrets.isUp = false;
    clock += FIVE_MINUTES;
    expect(await fromStripe(OLD)).toBe(200);
    const reads = secrets.reads();
    expect(await fromStripe(OLD)).toBe(200);
    expect(secrets.reads()).toBe(reads);
    secrets.isUp = true;
    secrets.put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: NEW });
    clock += 30_000;
    expect([await fromStripe(NEW), await fromStripe(OLD)]).toEqual([200, 400]);
  });

  test('and are not usable: what was known holds, and the log names the variable without its value', async () => {
    put('StripeWebhook', { STRIPE_WEBHOOK_SECRETS: 'sk_live_canary' });
    expect(await fromStripe(OLD)).toBe(200);
    const told = JSON.stringify(lines.filter(({ level }) => level === 'error'));
    expect(told).toContain('STRIPE_WEBHOOK_SECRETS (not valid)');
    expect(told).not.toContain('canary');
  });
});

test('a shared token secret that was taken out signs nobody in within five minutes', async () => {
  const shared = 'a-shared-secret-of-thirty-two-bytes-or-more';
  const env = { SUPABASE_URL: 'http://127.0.0.1:1' };
  const tokens = await startChangingSecrets({ SupabaseTokens: { ...env, SUPABASE_JWT_SECRET: shared } });
  const schema = z.object({ SUPABASE_URL: z.string(), SUPABASE_JWT_SECRET: z.optional(z.string()) });
  const now = () => clock;
  const verify = liveVerifyAccessToken(await liveEnv(schema, tokens.env, { log, now }), now);
  const token = await new SignJWT({
    role: 'authenticated',
    session_id: '0b9a5b5e-1111-4222-8333-444455556666',
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa')
    .setAudience('authenticated')
    .setExpirationTime(Math.floor(clock / 1000) + 3_600)
    .sign(Buffer.from(shared));
  const before = await verify(token);
  tokens.put('SupabaseTokens', env);
  clock += FIVE_MINUTES;
  const after = await verify(token);
  await tokens.close();
  expect([before?.sessionId, after]).toEqual(['0b9a5b5e-1111-4222-8333-444455556666', null]);
});
