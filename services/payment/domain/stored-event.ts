import type { Provider } from './provider-scale';

/** A report as the inbox holds it, without what it says. */
export interface StoredEvent {
  readonly provider: Provider;
  /** `evt_…`, `WH-…`, `obs_…`; unique with the provider. */
  readonly eventId: string;
  readonly eventType: string;
  readonly source: string;
  readonly outcome: 'applied' | 'ignored' | 'held' | 'review' | 'dismissed';
  readonly reason: string | null;
  readonly paymentId: string | null;
  readonly providerRef: string | null;
  readonly mode: 'live' | 'test';
  readonly account: string | null;
  readonly attempts: number;
  readonly receivedAt: Date;
  readonly processedAt: Date;
}

/** With what it says, as it was stored: personal data and secrets were taken out before. */
export interface StoredReport extends StoredEvent {
  readonly transmissionId: string | null;
  readonly sha256: string | null;
  /** The event's JSON text; null for what we saw by asking. */
  readonly body: string | null;
  /** What we saw: see `sighting.ts`. */
  readonly observation: string | null;
}

/** How an event is named in the audit log. */
export const eventTarget = ({ provider, eventId }: Pick<StoredEvent, 'provider' | 'eventId'>): string =>
  `${provider}:${eventId}`;
