/** An event as the provider sends it: the body is fixed when the event happens, every attempt sends these bytes. */
export interface OutgoingEvent {
  id: string;
  type: string;
  body: string;
}

/** What one attempt posts: an event's body, or any bytes for tests. */
export interface PostedEvent {
  id: string;
  type: string;
  body: string | Buffer;
}

/** Where webhooks go. `secrets` is for signers that need one; several = a rotation in progress. */
export interface WebhookEndpoint {
  id: string;
  url: string;
  secrets: string[];
  /** Event types wanted; `*` = all. */
  enabledEvents: string[];
}

/** How to falsify a delivery. Fields combine. */
export interface Forgery {
  /** Signed with a key that is not the endpoint's. */
  badSignature?: boolean;
  /** One byte of the body changes after signing. */
  alteredBody?: boolean;
  /** Genuinely signed, but for a moment this far from now (-600_000 = ten minutes old). */
  timestampOffsetMs?: number;
  /** Genuinely signed, but with the body's mode (live/test) flipped, where the provider's body tells it. */
  otherMode?: boolean;
}

export interface SignInput {
  event: PostedEvent;
  rawBody: Buffer;
  /** When the attempt claims to happen. Real time, never the virtual clock: the receiver checks against its own. */
  attemptTimeMs: number;
  endpoint: WebhookEndpoint;
  badSignature: boolean;
}

/** Makes the headers of one attempt, content-type included. */
export type SignDelivery = (input: SignInput) => Record<string, string>;

export interface DeliveryAttempt {
  /** Virtual time. */
  atMs: number;
  /** HTTP status; null when no answer came. */
  status: number | null;
  error: string | null;
  ms: number;
  forged: boolean;
}

/**
 * scheduled: waits for its time; held: waits for a resume or a reorder window; sending: on the wire;
 * delivered: answered 2xx; failed: all attempts used; dropped: a rule lost it, it is never sent.
 */
export type DeliveryState = 'scheduled' | 'held' | 'sending' | 'delivered' | 'failed' | 'dropped';

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string;
  eventId: string;
  eventType: string;
  endpointId: string;
  url: string;
  state: DeliveryState;
  /** Virtual time of the next attempt; null when there is none. */
  dueMs: number | null;
  attempts: DeliveryAttempt[];
}
