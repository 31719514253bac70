import type { ParsedEvent } from '#shared/provider-events/parsed-event';
import type { EventPage } from '../ports';

/** Redacts and checks each event of a page as its webhook would; one that is refused keeps none of the others. */
export const readListedEvents = (
  events: readonly unknown[],
  parse: (body: Uint8Array) => ParsedEvent,
): Pick<EventPage, 'events' | 'refused'> => {
  const read = events.map((event) => {
    try {
      const { eventId, eventType, account, body } = parse(Buffer.from(JSON.stringify(event)));
      return { event: { eventId, eventType, account, body } };
    } catch (error) {
      return { refusal: { id: idOf(event), error } };
    }
  });
  return {
    events: read.flatMap(({ event }) => (event === undefined ? [] : [event])),
    refused: read.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])),
  };
};

/** What it calls itself, for the log; nothing longer than an id. */
const idOf = (event: unknown): string => {
  const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : null;
  return typeof id === 'string' ? id.slice(0, 64) : 'unnamed';
};
