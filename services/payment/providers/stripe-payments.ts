import type StripeSdk from 'stripe';
import { AppError, isAppError } from '#shared/errors/app-error';
import { sightedAt } from '../domain/open-status';
import { toProviderMinor } from '../domain/provider-scale';
import type { CreateRequest, PaymentProvider, ProviderObservation } from '../ports';
import { observePaymentIntent, observeRefund } from './stripe-facts';
import { stripePaymentIntent, stripeRefund } from './stripe-objects';

export interface StripeOptions {
  readonly secretKey: string;
  /** Where Stripe's API is; default Stripe itself. */
  readonly apiBase?: string | undefined;
  readonly now: () => number;
}

/** Milliseconds: two calls fit into the gateway's 29 s. */
const TIMEOUT_MS = 9_000;

/** What an intent must carry to show its charge's fee and refunds in one answer. */
const EXPAND = ['latest_charge.balance_transaction', 'latest_charge.refunds'];

/** Stripe behind the payment port. The SDK is loaded by the first call, because most cold starts make none. */
export const stripePayments = (options: StripeOptions): PaymentProvider => {
  let client: Promise<StripeSdk> | undefined;
  const sdk = (): Promise<StripeSdk> => {
    client ??= connect(options);
    return client;
  };

  const call = async <T>(make: (stripe: StripeSdk) => Promise<T>): Promise<T> => {
    const stripe = await sdk();
    try {
      return await make(stripe);
    } catch (error) {
      throw mapStripeError(error);
    }
  };

  const observe = (intent: unknown, how: 'made' | 'asked'): ProviderObservation => {
    const parsed = stripePaymentIntent.safeParse(intent);
    if (!parsed.success) throw new AppError('provider_unavailable', { cause: parsed.error });
    const observation = observePaymentIntent(parsed.data, sightedAt(options.now(), how));
    return { observation, raw: JSON.stringify(parsed.data) };
  };

  const retrieve = async (providerRef: string): Promise<ProviderObservation> =>
    observe(await call((stripe) => stripe.paymentIntents.retrieve(providerRef, { expand: EXPAND })), 'asked');

  return {
    create: async (request) => {
      const intent = await call((stripe) =>
        stripe.paymentIntents.create(intentParams(request), { idempotencyKey: request.key }),
      );
      return { ...observe(intent, 'made'), clientSecret: intent.client_secret, approveUrl: null };
    },
    retrieve,
    capture: ({ providerRef }) => retrieve(providerRef),
    refund: async ({ key, captureId, amountMinor, currency }) => {
      const amount = Number(expressible(amountMinor, currency));
      const refund = await call((stripe) =>
        stripe.refunds.create({ charge: captureId, amount }, { idempotencyKey: key }),
      ).catch(notRefundable);
      const parsed = stripeRefund.safeParse(refund);
      const observation = parsed.success ? observeRefund(parsed.data) : null;
      if (!parsed.success || observation === null)
        throw new AppError('provider_unavailable', { cause: parsed.error });
      return { observation, raw: JSON.stringify(parsed.data), refundId: parsed.data.id };
    },
  };
};

const connect = async ({ secretKey, apiBase }: StripeOptions): Promise<StripeSdk> => {
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

const intentParams = (request: CreateRequest): StripeSdk.PaymentIntentCreateParams => ({
  amount: Number(expressible(request.amountMinor, request.currency)),
  currency: request.currency.toLowerCase(),
  description: request.description,
  automatic_payment_methods: { enabled: true },
  metadata: { payment_id: request.paymentId, user_id: request.userId },
});

const expressible = (amountMinor: bigint, currency: string): bigint => {
  const amount = toProviderMinor('stripe', { amountMinor, currency });
  if (amount === null) throw new AppError('currency_not_supported');
  return amount;
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

/** A refund that Stripe refuses for good cannot be made, whatever the reason (too much, disputed, too old). */
const notRefundable = (error: unknown): never => {
  if (isAppError(error, 'provider_rejected'))
    throw new AppError('payment_not_refundable', { cause: error.cause });
  throw error;
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
