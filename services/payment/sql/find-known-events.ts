import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** Which of these events the inbox has already, whatever became of them. */
export const findKnownEvents = async (
  db: Queryable,
  provider: Provider,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await db.query<{ readonly event_id: string }>(
    'select event_id from private.inbox where provider = $1 and event_id = any($2::text[])',
    [provider, eventIds],
  );
  return new Set(rows.map((row) => row.event_id));
};
