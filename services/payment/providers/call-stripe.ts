import type StripeSdk from 'stripe';
import { AppError } from '#shared/errors/app-error';

export interface StripeConnection {
  readonly secretKey: string;
  /** Where Stripe's API is; default Stripe itself. */
  readonly apiBase?: string | undefined;
}

/** Makes a call by Stripe's SDK. */
export type CallStripe = <T>(make: (stripe: StripeSdk) => Promise<T>) => Promise<T>;

/** Milliseconds: two calls fit into the gateway's 29 s. */
const TIMEOUT_MS = 9_000;

/**
 * One connection to Stripe. The SDK is loaded by the first call, because most cold starts make none. Throws AppError as the
 * port says.
 */
export const callStripe = (options: StripeConnection): CallStripe => {
  let client: Promise<StripeSdk> | undefined;
  return async (make) => {
    client ??= connect(options);
    const stripe = await client;
    try {
      return await make(stripe);
    } catch (error) {
      throw mapStripeError(error);
    }
  };
};

const connect = async ({ secretKey, apiBase }: StripeConnection): Promise<StripeSdk> => {
  const { Stripe } = await import('stripe');
  const base = apiBase === undefined ? null : new URL(apiBase);
  return new Stripe(secretKey, {
    // One repeat with the same key, for kept-alive connections that went stale while a Lambda was frozen; all further ones are
    // ours to decide.
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

/**
 * What Stripe's errors mean for us (docs.stripe.com/api/errors). Whatever leaves open whether the call had its effect (lost
 * connection, 5xx, 409 of a concurrent request, 429, our own credentials) is `provider_unavailable`; only a clear refusal of
 * this very request is final.
 */
const mapStripeError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const { type, statusCode, headers } = readError(error);
  if (type === 'StripeCardError') return new AppError('payment_declined', { cause: error });
  const isRefusal = type === 'StripeInvalidRequestError' && [400, 402, 404].includes(statusCode);
  if (isRefusal) return new AppError('provider_rejected', { cause: error });
  const retryAfter = headers['retry-after'];
  const isDelay = retryAfter !== undefined && /^\d{1,4}$/.test(retryAfter);
  return new AppError('provider_unavailable', {
    cause: error,
    ...(isDelay ? { headers: { 'retry-after': retryAfter } } : {}),
  });
};

interface StripeErrorShape {
  readonly type: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const readError = (error: unknown): StripeErrorShape => {
  const shape = (typeof error === 'object' && error !== null ? error : {}) as Partial<StripeErrorShape>;
  return {
    type: shape.type ?? '',
    statusCode: shape.statusCode ?? 0,
    headers: shape.headers ?? {},
  };
};
