import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { Observation, Reading } from './domain/observation';
import type { Provider } from './domain/provider-scale';

/** What a provider's answer tells us, with the object it was read from (personal data and secrets removed). */
export interface ProviderObservation {
  readonly observation: Observation;
  /** JSON text for the inbox, so that state can be rebuilt from what was seen. */
  readonly raw: string;
}

export interface CreateRequest {
  /** Goes to the provider as its idempotency key; a repeat with the same key is the same call. */
  readonly key: string;
  readonly paymentId: string;
  readonly userId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly description: string;
}

/** What the client needs to let its user pay. */
export interface CreatedIntent extends ProviderObservation {
  /** Stripe: for stripe.js. */
  readonly clientSecret: string | null;
  /** PayPal: where the payer approves. */
  readonly approveUrl: string | null;
}

export interface RefundRequest {
  readonly key: string;
  readonly providerRef: string;
  /** The capture to refund: Stripe's charge, PayPal's capture. */
  readonly captureId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * A payment provider. Every method throws AppError: `provider_unavailable` when the outcome is not known (time-out, 5xx, 429,
 * garbage), `provider_rejected` when it refused for good, and the finer codes where a caller can act on them.
 */
export interface PaymentProvider {
  readonly create: (request: CreateRequest) => Promise<CreatedIntent>;
  /** The intent or order as it stands now, with all its captures and refunds. Throws `payment_not_found` when PayPal has none. */
  readonly retrieve: (providerRef: string) => Promise<ProviderObservation>;
  /**
   * Takes the money of an approved PayPal order. Stripe's intents are taken by the confirmation in the browser, so there
   * it is the same as `retrieve`. Throws `payment_not_approved`, `payment_declined`.
   */
  readonly capture: (request: {
    readonly key: string;
    readonly providerRef: string;
  }) => Promise<ProviderObservation>;
  /** Throws `payment_not_refundable`. Answers with the whole payment as it then stands. */
  readonly refund: (request: RefundRequest) => Promise<ProviderObservation & { readonly refundId: string }>;
}

export type PaymentProviders = Readonly<Record<Provider, PaymentProvider>>;

/** Reads the facts out of a verified event: from its body (Stripe) or by asking (PayPal). */
export type ReadProviderEvent = (
  message: Pick<ProviderEventMessage, 'provider' | 'body'>,
) => Promise<{ readonly reading: Reading; readonly observation: string | null }>;
