import Stripe from 'stripe';
import {
  type StripeDouble,
  type StripeDoubleOptions,
  startStripeDouble,
} from '../../local/stripe/start-stripe-double';
import { startWebhookSink, type WebhookSink } from './webhook-sink';

export const webhookSecret = 'whsec_first';

export interface StripeDriver {
  double: StripeDouble;
  sink: WebhookSink;
  /** The official client with the secret key. */
  stripe: Stripe;
  /** What stripe.js does: confirms with the publishable key and the client secret. */
  confirmInBrowser(intent: Stripe.PaymentIntent, method: string): Promise<Stripe.PaymentIntent>;
  /** Creates and confirms a card payment on the server. */
  pay(method: string, more?: Partial<Stripe.PaymentIntentCreateParams>): Promise<Stripe.PaymentIntent>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** All event types, oldest first. */
  eventTypes(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startStripe(options: Partial<StripeDoubleOptions> = {}): Promise<StripeDriver> {
  const sink = await startWebhookSink();
  const double = await startStripeDouble({
    port: 0,
    seed: 1,
    webhooks: [{ url: sink.url, secret: webhookSecret }],
    ...options,
  });
  const stripe = clientOf(double, double.secretKey);
  const browser = clientOf(double, double.publishableKey);
  return {
    double,
    sink,
    stripe,
    confirmInBrowser: (intent, method) =>
      browser.rawRequest('POST', `/v1/payment_intents/${intent.id}/confirm`, {
        client_secret: intent.client_secret,
        payment_method: method,
      }) as unknown as Promise<Stripe.PaymentIntent>,
    pay: (method, more) =>
      stripe.paymentIntents.create({
        amount: 1999,
        currency: 'usd',
        allowed_payment_method_types: ['card'],
        payment_method: method,
        confirm: true,
        ...more,
      }),
    async control(method, path, body) {
      const answer = await fetch(`${double.url}/_control${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async eventTypes() {
      const events = await stripe.events.list({ limit: 100 });
      return events.data.map((one) => one.type).reverse();
    },
    async close() {
      await double.close();
      await sink.close();
    },
  };
}

/** The official client, talking to the double, without its own retries. */
export function clientOf(double: StripeDouble, key: string, apiVersion?: string): Stripe {
  const { hostname, port } = new URL(double.url);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...(apiVersion && { apiVersion: apiVersion as never }),
  });
}

/** The error a call is expected to end in. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    return error as Stripe.errors.StripeError;
  }
  throw new Error('the call was expected to be refused');
}
