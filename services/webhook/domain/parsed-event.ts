/** What both providers' events come down to before they are put on the queue. */
export interface ParsedEvent {
  /** The provider's id of the event. */
  readonly eventId: string;
  readonly eventType: string;
  /** Stripe's connected account that the event belongs to; null for our own. */
  readonly account: string | null;
  /** PayPal's id of the transmission; null for Stripe. */
  readonly transmissionId: string | null;
  /** JSON text that holds neither secrets nor personal data. */
  readonly body: string;
}

export type ProviderMode = 'live' | 'test';
