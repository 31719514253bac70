import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Database } from '#shared/database/pool';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { createClock, type VirtualClock } from '../../local/doubles/clock';
import type { PayPalDouble } from '../../local/paypal/start-paypal-double';
import { startPayPalDouble } from '../../local/paypal/start-paypal-double';
import type { StripeDouble } from '../../local/stripe/start-stripe-double';
import { startStripeDouble } from '../../local/stripe/start-stripe-double';
import { handleSweep, type SweepTaskDeps } from '../../services/payment/handlers/sweep';
import type { SweepCount } from '../../services/payment/use-cases/sweep-run';
import { wireProviders } from '../../services/payment/wire-providers';
import { wireService } from '../../services/payment/wire-service';
import { clientOf } from '../doubles/stripe-driver';
import { type ApiRequest, apiEvent } from './api-event';
import { makeFakeQueue } from './fake-queue';
import { makeKeptLog } from './kept-log';
import { type Answer, openPaymentDatabase, type PaymentDatabase } from './payment-service';
import { type SignedInUser, signIn } from './sign-in';
import { wideLimits } from './wide-limits';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type ProviderName = 'stripe' | 'paypal';

/** What was bought: our payment's id, the provider's intent or order. */
export interface Purchase {
  readonly provider: ProviderName;
  readonly id: string;
  readonly ref: string;
}

/**
 * The payment API and its sweep with both doubles as providers, through the real adapters, on one virtual clock. No webhook is
 * ever delivered: the doubles know of nobody to tell.
 */
export interface DoubleShop extends PaymentDatabase {
  readonly database: Database;
  readonly clock: VirtualClock;
  readonly stripe: StripeDouble;
  readonly paypal: PayPalDouble;
  readonly sweepDeps: SweepTaskDeps;
  readonly sweep: (task: string) => Promise<Record<string, SweepCount>>;
  /** What no sweep could do so far. */
  readonly failures: { readonly task: string; readonly id: string; readonly error: unknown }[];
  readonly send: (request: ApiRequest) => Promise<Answer>;
  /** The same, from somebody who lives on the virtual clock. */
  readonly sendByClock: (request: ApiRequest) => Promise<Answer>;
  readonly buyer: SignedInUser;
  readonly operator: SignedInUser;
  /** A payment whose payer has agreed; nobody has told us. Stripe has the money then, PayPal waits for our capture. */
  readonly agree: (provider: ProviderName) => Promise<Purchase>;
  /** Calls a double's control API. */
  readonly control: (
    provider: ProviderName,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<unknown>;
  /** API calls that a double has answered. */
  readonly callsTo: (provider: ProviderName, paths?: RegExp) => number;
}

export interface DoubleShopOptions {
  readonly wrap?: (database: Database) => Database;
}

export const openDoubleShop = async (options: DoubleShopOptions = {}): Promise<DoubleShop> => {
  useEnglishMessages();
  const databases = await openPaymentDatabase();
  const clock = createClock();
  // What a test does in a few hours happens on one day of the statements, whatever the time is.
  if (clock.now() % DAY_MS > 18 * HOUR_MS) clock.advance(DAY_MS + 9 * HOUR_MS - (clock.now() % DAY_MS));
  const stripe = await startStripeDouble({ port: 0, webhooks: [], clock, seed: 11 });
  const paypal = await startPayPalDouble({ port: 0, webhooks: [], clock, seed: 11 });
  const wired = wireProviders(
    {
      PROVIDER_MODE: 'test',
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_API_BASE: stripe.url,
      PAYPAL_CLIENT_ID: paypal.clientId,
      PAYPAL_CLIENT_SECRET: paypal.clientSecret,
      PAYPAL_API_BASE: paypal.url,
      SITE_URL: 'https://shop.example.test',
    },
    clock.now,
  );
  // Virtual time passes at once; a real wait would only slow the test down.
  const sleep = async (): Promise<void> => undefined;
  const common = { ...wired, mode: 'test' as const, now: clock.now, makeId: randomUUID, sleep };
  const database = databases.as('tandem_payment', 4);
  const queue = makeFakeQueue();
  const { log, lines } = makeKeptLog();
  const handlerAt = (now: () => number): HttpHandler =>
    httpHandler({
      log,
      service: async () =>
        wireService({
          ...common,
          sendEvents: queue.sendEvents,
          deadLetters: queue.deadLetters,
          now,
          database,
          authenticate: makeAuthenticate({ database, verifyAccessToken: async () => null, now: Date.now }),
          allowedOrigins: ['https://shop.example.test'],
          ...wideLimits(database, { now }),
        }),
    });
  // Shoppers live with the database, whose time is the real one; operators with the sweep.
  const [shopping, operating] = [handlerAt(Date.now), handlerAt(clock.now)];
  const ask = async (handler: HttpHandler, request: ApiRequest): Promise<Answer> => {
    const { statusCode, headers = {}, body } = await handler(apiEvent(request), {} as Context);
    return { status: statusCode, headers, text: body, body: JSON.parse(body) };
  };
  const sendByClock = (request: ApiRequest): Promise<Answer> => ask(operating, request);
  const send = (request: ApiRequest): Promise<Answer> =>
    ask(request.path.includes('/drift') ? operating : shopping, request);
  const failures: DoubleShop['failures'] = [];
  const pool = databases.as('tandem_reconcile', 1);
  const sweepDeps: SweepTaskDeps = {
    ...common,
    database: options.wrap?.(pool) ?? pool,
    onFailure: (what, error) => failures.push({ ...what, error }),
  };
  const run = handleSweep(async () => sweepDeps, log);
  const buyer = await signIn(databases.admin);
  const doubles = { stripe, paypal };
  const browser = clientOf(stripe, stripe.publishableKey);

  const agree = async (provider: ProviderName): Promise<Purchase> => {
    const { body } = await send({
      path: '/api/payments/create-intent',
      body: { provider, price: 'pro' },
      headers: buyer.headers,
    });
    if (body.payment === undefined) throw new Error(`no payment: ${JSON.stringify([body, lines])}`);
    const { id, provider_ref: ref } = body.payment;
    await databases.admin.query('update public.payments set created_at = $2 where id = $1', [
      id,
      new Date(clock.now()),
    ]);
    // Nobody is that fast; and PayPal's times have a grain of a second.
    clock.advance(2_000);
    if (provider === 'stripe') {
      await browser.rawRequest('POST', `/v1/payment_intents/${ref}/confirm`, {
        client_secret: body.client_secret,
        payment_method: 'pm_card_visa',
        return_url: 'https://shop.example.test/return',
      });
    } else {
      const approval = await fetch(`${paypal.url}/sandbox/orders/${ref}/approve`, { method: 'POST' });
      if (!approval.ok) throw new Error(`not approved: ${await approval.text()}`);
    }
    return { provider, id, ref };
  };

  return {
    ...databases,
    database,
    clock,
    stripe,
    paypal,
    sweepDeps,
    sweep: (task) => run({ task }),
    failures,
    send,
    sendByClock,
    buyer,
    operator: await signIn(databases.admin, 'admin'),
    agree,
    control: async (provider, method, path, body) => {
      const answer = await fetch(`${doubles[provider].url}/_control${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    callsTo: (provider, paths = /^/) =>
      Object.entries(doubles[provider].calls.read().counts)
        .filter(([endpoint]) => paths.test(endpoint))
        .reduce((total, [, count]) => total + count, 0),
    close: async () => {
      await stripe.close();
      await paypal.close();
      await databases.close();
    },
  };
};
