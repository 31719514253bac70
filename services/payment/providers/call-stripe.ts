import type StripeSdk from 'stripe';
import { isRefusedKey, mapStripeError } from './map-stripe-error';
import { renewingClient } from './renewing-client';

export interface StripeConnection {
  readonly secretKey: string;
  /** Where Stripe's API is; default Stripe itself. */
  readonly apiBase?: string | undefined;
  /** The key as configured now, for when Stripe refuses that one. Default: it is never changed. */
  readonly newestKey?: () => Promise<string>;
}

/** Makes a call by Stripe's SDK. */
export type CallStripe = <T>(make: (stripe: StripeSdk) => Promise<T>) => Promise<T>;

/** Milliseconds for one try: two of them fit into the gateway's 29 s. */
const TIMEOUT_MS = 9_000;

/**
 * One connection to Stripe. The SDK is loaded by the first call, because most cold starts make none. Throws AppError as the
 * port says.
 */
export const callStripe = (options: StripeConnection): CallStripe => {
  const call = renewingClient({
    credentials: options.secretKey,
    newest: options.newestKey,
    connect: (secretKey) => connect({ ...options, secretKey }),
    isRefused: isRefusedKey,
    mayRecover: false,
    now: () => Date.now(),
  });
  return async (make) => {
    try {
      return await call(make);
    } catch (error) {
      throw mapStripeError(error);
    }
  };
};

/**
 * What Stripe's SDK repeats by itself (stripe 23.1, RequestSender `_shouldRetry`): with `maxNetworkRetries` 1 one more try, half
 * a second later and with the same Idempotency-Key, after a lost connection or time-out, a 409 and a 5xx, unless Stripe sends
 * `stripe-should-retry: false`. Never after 429, and it does not look at Retry-After: both are ours to respect. With no
 * retries allowed it would still repeat once after ECONNRESET or EPIPE. That one repeat is wanted, since kept-alive
 * connections go stale while a Lambda is frozen, and safe, since every POST of ours carries the key we wrote down.
 */
const connect = async ({ secretKey, apiBase }: StripeConnection): Promise<StripeSdk> => {
  const { default: Stripe } = await import('stripe');
  const base = apiBase === undefined ? null : new URL(apiBase);
  return new Stripe(secretKey, {
    maxNetworkRetries: 1,
    timeout: TIMEOUT_MS,
    telemetry: false,
    ...(base === null
      ? {}
      : {
          protocol: base.protocol === 'http:' ? 'http' : 'https',
          host: base.hostname,
          port: base.port || undefined,
        }),
  });
};
