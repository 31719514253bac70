import type { Queryable } from '#shared/database/queryable';
import type { EventCursor } from '../domain/event-cursor';
import type { StoredEvent, StoredReport } from '../domain/stored-event';
import {
  type EventRow,
  eventColumns,
  type ReportRow,
  reportColumns,
  toStoredEvent,
  toStoredReport,
} from './event-columns';

export interface EventFilter {
  readonly outcome: StoredEvent['outcome'] | null;
  readonly provider: StoredEvent['provider'] | null;
  readonly paymentId: string | null;
  /** When it was received: from this moment on, up to but not at that one; ISO 8601. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface EventPage extends EventFilter {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: EventCursor | null;
}

/** With `cursorAt`, which keeps the microseconds that a Date would lose. */
export type Listed<Event> = Event & { readonly cursorAt: string };

const cursorAt = `to_char(i.received_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at`;

const filtered = `
  ($1::text is null or i.outcome = $1)
  and ($2::text is null or i.provider = $2)
  and ($3::uuid is null or i.payment_id = $3)
  and ($4::timestamptz is null or i.received_at >= $4)
  and ($5::timestamptz is null or i.received_at < $5)`;

const filterValues = (page: EventPage): readonly unknown[] => [
  page.outcome,
  page.provider,
  page.paymentId,
  page.from,
  page.to,
  page.after?.receivedAt ?? null,
  page.after?.provider ?? null,
  page.after?.eventId ?? null,
  page.limit,
];

/** Events without what they say, newest first. */
export const listEvents = async (db: Queryable, page: EventPage): Promise<readonly Listed<StoredEvent>[]> => {
  const { rows } = await db.query<EventRow & { readonly cursor_at: string }>(
    `select ${eventColumns}, ${cursorAt}
     from private.inbox i
     where ${filtered}
       and ($6::timestamptz is null or (i.received_at, i.provider, i.event_id) < ($6, $7, $8))
     order by i.received_at desc, i.provider desc, i.event_id desc
     limit $9::int`,
    filterValues(page),
  );
  return rows.map((row) => ({ ...toStoredEvent(row), cursorAt: row.cursor_at }));
};

/** The providers' own events with what they say, oldest first: what a replay of a range sends again. */
export const listReplayable = async (
  db: Queryable,
  page: EventPage,
): Promise<readonly Listed<StoredReport>[]> => {
  const { rows } = await db.query<ReportRow & { readonly cursor_at: string }>(
    `select ${reportColumns}, ${cursorAt}
     from private.inbox i
     where i.source in ('webhook', 'events') and i.body is not null and ${filtered}
       and ($6::timestamptz is null or (i.received_at, i.provider, i.event_id) > ($6, $7, $8))
     order by i.received_at, i.provider, i.event_id
     limit $9::int`,
    filterValues(page),
  );
  return rows.map((row) => ({ ...toStoredReport(row), cursorAt: row.cursor_at }));
};
