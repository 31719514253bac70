import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';
import type { StoredReport } from '../domain/stored-event';
import { type ReportRow, reportColumns, toStoredReport } from './event-columns';

/** The events of that id: at most one for each provider. */
export const findEvents = async (
  db: Queryable,
  eventId: string,
  provider: Provider | null,
): Promise<readonly StoredReport[]> => {
  const { rows } = await db.query<ReportRow>(
    `select ${reportColumns} from private.inbox i
     where i.provider = any($2::text[]) and i.event_id = $1`,
    [eventId, provider === null ? ['stripe', 'paypal'] : [provider]],
  );
  return rows.map(toStoredReport);
};
