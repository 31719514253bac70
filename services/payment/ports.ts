import type { ProviderEventMessage } from '#shared/messages/provider-event';
import type { LedgerKind } from './domain/booking-rules';
import type { Movement } from './domain/movement';
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

/** What a look for a refund found: the refunds of the payment as they stand now, all of them. */
export interface RefundSearch extends ProviderObservation {
  /** The provider's id of the refund that carries the call's key; null when the call surely made none. */
  readonly refundId: string | null;
}

export interface CancelRequest {
  readonly key: string;
  readonly providerRef: string;
  readonly paymentId: string;
  readonly currency: string;
  readonly reason: 'requested_by_customer' | 'abandoned';
}

/**
 * A payment provider. Every method throws AppError: `provider_unavailable` when the outcome is not known (time-out, 5xx, 429,
 * garbage) and the same key may tell, `provider_outcome_unknown` when it is not known and the key will not tell it either,
 * `provider_rejected` when it refused for good, `provider_not_configured` when this installation has no account there, and the
 * finer codes where a caller can act on them. Where the provider said how long to wait, the error carries `retry-after`.
 */
export interface PaymentProvider {
  /** False where this installation has no account there: every method then throws. Default true. */
  readonly isConfigured?: boolean;
  readonly create: (request: CreateRequest) => Promise<CreatedIntent>;
  /**
   * What an earlier `create` for that payment made, by looking; null when it surely made nothing, or nothing that anybody
   * could ever pay. `since`: when the first try was intended, milliseconds since 1970.
   */
  readonly findCreated: (paymentId: string, since: number) => Promise<CreatedIntent | null>;
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
  /** What an earlier `refund` with that key made, by looking through all refunds of the capture. */
  readonly findRefund: (request: RefundRequest) => Promise<RefundSearch>;
  /**
   * Ends what nobody has paid, so that nobody can. Answers with how it then stands, which may be paid: the provider decides.
   * PayPal has no such call for orders; there the caller must have made sure that no capture is made any more.
   * Throws `payment_not_cancelable` while the provider neither ends nor settles it.
   */
  readonly cancel: (request: CancelRequest) => Promise<ProviderObservation>;
}

export type PaymentProviders = Readonly<Record<Provider, PaymentProvider>>;

/** Reads the facts out of a verified event: from its body (Stripe) or by asking (PayPal). */
export type ReadProviderEvent = (
  message: Pick<ProviderEventMessage, 'provider' | 'body'>,
) => Promise<{ readonly reading: Reading; readonly observation: string | null }>;

/**
 * Reads a report again as the inbox holds it, by today's readers and asking nobody: what we saw ourselves, else the body of an
 * event that speaks for itself. Null for an event that only asking can tell about. Throws for what nobody can read any more.
 */
export type ReadStoredReport = (report: {
  readonly provider: Provider;
  readonly body: string | null;
  readonly observation: string | null;
}) => Reading | null;

/** The part of a provider's list that is being read. Milliseconds since 1970; both ends belong to it. */
export interface ListWindow {
  readonly from: number;
  readonly until: number;
  /** The provider's mark of the page before; null for the first. */
  readonly mark: string | null;
}

/** An event as its provider lists it, less personal data and secrets: as its webhook would have put it on the queue. */
export interface ListedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly account: string | null;
  readonly body: string;
}

export interface EventPage {
  readonly events: readonly ListedEvent[];
  /** Events that a webhook would have refused, too: of the other mode or account, or not in the documented form. */
  readonly refused: readonly { readonly id: string; readonly error: unknown }[];
  /** The mark for the next page; null on the last. */
  readonly next: string | null;
}

/**
 * One page of a provider's events, in the provider's order, which means nothing. Throws `provider_unavailable` as payments do,
 * and `provider_rejected` for a mark that the provider no longer knows.
 */
export type ListProviderEvents = (window: ListWindow) => Promise<EventPage>;

export interface MovementPage {
  readonly movements: readonly Movement[];
  /** Lines about money of ours that cannot be read: in a currency that we do not know. */
  readonly refused: readonly { readonly id: string; readonly error: unknown }[];
  readonly next: string | null;
}

/** A provider's statement: what was moved on our balance there. Throws as ListProviderEvents does. */
export interface ProviderStatement {
  readonly list: (window: ListWindow) => Promise<MovementPage>;
  /**
   * What the statement says by now about one booking, near the time at which it was made (milliseconds since 1970). Empty
   * where it has nothing.
   */
  readonly find: (booking: {
    readonly books: LedgerKind;
    readonly objectId: string;
    readonly at: number;
  }) => Promise<readonly Movement[]>;
}

/** Puts events on the queue again, as their webhooks once did. Throws `queue_unavailable`; some may then have been sent. */
export type SendEvents = (messages: readonly ProviderEventMessage[]) => Promise<void>;

/** What the queue gave up on. Every method throws `queue_unavailable`. */
export interface DeadLetters {
  readonly count: () => Promise<number>;
  /** Up to `limit` messages, without hiding them from anybody. `sentAt`: milliseconds since 1970. */
  readonly peek: (limit: number) => Promise<{
    readonly count: number;
    readonly messages: readonly {
      readonly messageId: string;
      readonly sentAt: number;
      readonly body: string;
    }[];
  }>;
  /** Begins to move all of them back to the queue they came from; gives SQS's handle. Throws `conflict` while a move runs. */
  readonly redrive: () => Promise<string>;
}

/** The queues whose dead letters operators see: reports of the providers, and changes in the database (docs/changes.md). */
export type QueueName = 'provider-events' | 'database-changes';

export type DeadLetterQueues = Readonly<Record<QueueName, DeadLetters>>;
