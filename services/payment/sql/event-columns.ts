import type { StoredEvent, StoredReport } from '../domain/stored-event';

/** The columns of an event without what it says, of `private.inbox i`. */
export const eventColumns = `
  i.provider, i.event_id, i.event_type, i.source, i.outcome, i.reason, i.payment_id, i.provider_ref, i.mode, i.account,
  i.attempts, i.received_at, i.processed_at`;

export const reportColumns = `${eventColumns}, i.transmission_id, i.sha256, i.body, i.observation`;

export interface EventRow {
  readonly provider: StoredEvent['provider'];
  readonly event_id: string;
  readonly event_type: string;
  readonly source: string;
  readonly outcome: StoredEvent['outcome'];
  readonly reason: string | null;
  readonly payment_id: string | null;
  readonly provider_ref: string | null;
  readonly mode: StoredEvent['mode'];
  readonly account: string | null;
  readonly attempts: number;
  readonly received_at: Date;
  readonly processed_at: Date;
}

export interface ReportRow extends EventRow {
  readonly transmission_id: string | null;
  readonly sha256: string | null;
  readonly body: string | null;
  readonly observation: string | null;
}

export const toStoredEvent = (row: EventRow): StoredEvent => ({
  provider: row.provider,
  eventId: row.event_id,
  eventType: row.event_type,
  source: row.source,
  outcome: row.outcome,
  reason: row.reason,
  paymentId: row.payment_id,
  providerRef: row.provider_ref,
  mode: row.mode,
  account: row.account,
  attempts: row.attempts,
  receivedAt: row.received_at,
  processedAt: row.processed_at,
});

export const toStoredReport = (row: ReportRow): StoredReport => ({
  ...toStoredEvent(row),
  transmissionId: row.transmission_id,
  sha256: row.sha256,
  body: row.body,
  observation: row.observation,
});
