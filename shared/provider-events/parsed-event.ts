/** What both providers' events come down to before anybody keeps them, whichever way they came. */
export interface ParsedEvent {
  /** The provider's id of the event. */
  readonly eventId: string;
  readonly eventType: string;
  /** Stripe's connected account that the event belongs to; null for our own. */
  readonly account: string | null;
  /** PayPal's id of the transmission; null for Stripe, and for events that were listed instead of delivered. */
  readonly transmissionId: string | null;
  /** JSON text that holds neither secrets nor personal data. */
  readonly body: string;
}
