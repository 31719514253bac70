import type { Queryable } from '#shared/database/queryable';
import type { InboxEntry } from './apply-reports';

/** Rows at a time: enough that a statement for each page costs little, few enough that a page is written in well under a second. */
const PAGE = 400;

/**
 * The whole inbox in the order of judgement, in pages. To be read to its end inside a transaction of `db`; one that sees a
 * single moment (repeatable read) if reports keep coming.
 */
export async function* readInbox(db: Queryable): AsyncGenerator<readonly InboxEntry[]> {
  await db.query(
    `declare inbox_rows no scroll cursor for
     select provider, event_id, source, event_type, provider_ref, payment_id, mode, account, transmission_id, sha256, body,
            observation, received_at, outcome, reason
     from private.inbox
     order by position, provider, event_id`,
  );
  for (;;) {
    const { rows } = await db.query<StoredRow>('fetch 400 from inbox_rows');
    if (rows.length > 0) yield rows.map(toInboxEntry);
    if (rows.length < PAGE) break;
  }
  await db.query('close inbox_rows');
}

/** A row as pg gives it. */
export interface StoredRow {
  readonly provider: InboxEntry['provider'];
  readonly event_id: string;
  readonly source: InboxEntry['source'];
  readonly event_type: string;
  readonly provider_ref: string | null;
  readonly payment_id: string | null;
  readonly mode: InboxEntry['mode'];
  readonly account: string | null;
  readonly transmission_id: string | null;
  readonly sha256: string | null;
  readonly body: string | null;
  readonly observation: string | null;
  readonly received_at: Date;
  readonly outcome: InboxEntry['outcome'];
  readonly reason: string | null;
}

export const toInboxEntry = (row: StoredRow): InboxEntry => ({
  provider: row.provider,
  eventId: row.event_id,
  source: row.source,
  eventType: row.event_type,
  providerRef: row.provider_ref,
  paymentId: row.payment_id,
  mode: row.mode,
  account: row.account,
  transmissionId: row.transmission_id,
  sha256: row.sha256,
  body: row.body,
  observation: row.observation,
  receivedAt: row.received_at.toISOString(),
  outcome: row.outcome,
  reason: row.reason,
});
