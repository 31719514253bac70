import type { Queryable } from '#shared/database/queryable';
import type { EventCursor } from '../domain/event-cursor';
import type { StoredReport } from '../domain/stored-event';
import { type ReportRow, reportColumns, toStoredReport } from './event-columns';
import type { Listed } from './list-events';

/** Reports that wait for a person, oldest first. */
export const listReviews = async (
  db: Queryable,
  { limit, after }: { readonly limit: number; readonly after: EventCursor | null },
): Promise<readonly Listed<StoredReport>[]> => {
  const { rows } = await db.query<ReportRow & { readonly cursor_at: string }>(
    `select ${reportColumns}, to_char(i.received_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
     from private.inbox i
     where i.outcome = 'review'
       and ($1::timestamptz is null or (i.received_at, i.provider, i.event_id) > ($1, $2, $3))
     order by i.received_at, i.provider, i.event_id
     limit $4::int`,
    [after?.receivedAt ?? null, after?.provider ?? null, after?.eventId ?? null, limit],
  );
  return rows.map((row) => ({ ...toStoredReport(row), cursorAt: row.cursor_at }));
};
