import { decodeEventCursor, type EventCursor, encodeEventCursor } from '../domain/event-cursor';
import type { StoredEvent } from '../domain/stored-event';
import { type EventFilter, type Listed, listEvents as selectEvents } from '../sql/list-events';
import type { FindEventDeps } from './find-event';

export interface EventsRequest extends EventFilter {
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** A page of what the providers reported, newest first. */
export const listEvents = async (
  { database }: FindEventDeps,
  { cursor, ...request }: EventsRequest,
): Promise<Page<StoredEvent>> => {
  const after = cursor === null ? null : decodeEventCursor(cursor);
  return pageOf(await selectEvents(database, { ...request, after, limit: request.limit + 1 }), request.limit);
};

/** A page of rows of which one more than `limit` was read, to know whether another page follows. */
export const pageOf = <Event extends StoredEvent>(
  rows: readonly Listed<Event>[],
  limit: number,
): Page<Event> => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items, nextCursor: hasMore ? encodeEventCursor(cursorOf(last)) : null };
};

const cursorOf = ({ cursorAt, provider, eventId }: Listed<StoredEvent>): EventCursor => ({
  receivedAt: cursorAt,
  provider,
  eventId,
});
