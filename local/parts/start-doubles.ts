import { join } from 'node:path';
import type { DoubleLine } from '../doubles/double-line';
import type { Log } from '../log/log';
import { type PayPalDouble, startPayPalDouble } from '../paypal/start-paypal-double';
import { type StripeDouble, startStripeDouble } from '../stripe/start-stripe-double';
import { LOCAL_KEYS } from './local-keys';

/** Where the webhook service listens on the gateway. */
const WEBHOOK_PATH = '/api/payments/webhook';

export type DoublesOptions = {
  stripe: boolean;
  paypal: boolean;
  ports: { stripe: number; paypal: number };
  /** Where they keep their state; without it they start empty and remember nothing. */
  stateDir: string | undefined;
  gatewayUrl: string;
  log: Log;
};

/** The provider doubles that were asked for. */
export type Doubles = {
  stripe: StripeDouble | undefined;
  paypal: PayPalDouble | undefined;
  close: () => Promise<void>;
};

/** Starts the doubles and points their webhooks at the gateway. */
export async function startDoubles(options: DoublesOptions): Promise<Doubles> {
  const onEvent = (line: DoubleLine) => logLine(options.log, line);
  const stateFile = (name: string) =>
    options.stateDir === undefined ? {} : { stateFile: join(options.stateDir, name) };
  const hook = `${options.gatewayUrl}${WEBHOOK_PATH}`;
  const [stripe, paypal] = await Promise.all([
    options.stripe
      ? startStripeDouble({
          port: options.ports.stripe,
          webhooks: [{ url: `${hook}/stripe`, secret: LOCAL_KEYS.stripeWebhookSecret }],
          ...stateFile('stripe.json'),
          onEvent,
        })
      : undefined,
    options.paypal
      ? startPayPalDouble({
          port: options.ports.paypal,
          webhooks: [{ url: `${hook}/paypal`, id: LOCAL_KEYS.paypalWebhookId }],
          ...stateFile('paypal.json'),
          onEvent,
        })
      : undefined,
  ]);
  return {
    stripe,
    paypal,
    close: async () => {
      await Promise.all([stripe?.close(), paypal?.close()]);
    },
  };
}

function logLine(log: Log, line: DoubleLine): void {
  if (line.kind === 'request') {
    log('provider', `${line.provider} ${line.method} ${line.path}`, { status: line.status, ms: line.ms });
    return;
  }
  const target = new URL(line.url).pathname;
  log('webhook', `${line.provider} ${line.eventType} → ${target}`, {
    status: line.status ?? 'failed',
    ms: line.ms,
    ...(line.attempt > 1 && { attempt: line.attempt }),
    ...(line.error && { error: line.error }),
    ...(line.forged && { forged: true }),
  });
}
