/**
 * Where an unfinished payment stands, in Stripe's words, with how far along it is. PayPal's `APPROVED` is
 * `requires_confirmation`: the payer agreed, we must capture.
 */
export const openStatuses = {
  requires_payment_method: 0,
  requires_confirmation: 1,
  requires_action: 2,
  processing: 3,
  requires_capture: 4,
  failed: 5,
} as const satisfies Record<string, number>;

export type OpenStatus = keyof typeof openStatuses;

/** One sighting of an open status. */
export interface OpenObservation {
  readonly status: OpenStatus;
  /** The provider's time of it, ISO 8601 in UTC; Stripe's has a grain of one second. */
  readonly at: string;
  /** The event or observation it came in. */
  readonly eventId: string;
  /** The provider's code for the failed attempt behind it, such as `card_declined`. */
  readonly errorCode: string | null;
}

/** How we came to see a status, in the order in which such sightings of one second follow each other. */
const MILLISECOND_OF = { made: 0, event: 500, asked: 999 } as const;

/**
 * When a status was seen, ISO 8601. Stripe tells times in whole seconds, so within one the way we saw it decides: first what
 * we made, then the events that tell what came of it, last what we were told when we asked.
 *
 * @param ms milliseconds since 1970
 */
export const sightedAt = (ms: number, how: keyof typeof MILLISECOND_OF): string =>
  new Date(ms - (ms % 1000) + MILLISECOND_OF[how]).toISOString();

/**
 * When a thing was looked at that may go back and forth, ISO 8601: in the first half of its second, so that an event of that second,
 * which tells the same or what came after, comes after it, and of two looks the later (to two milliseconds; asking takes longer).
 *
 * @param ms milliseconds since 1970
 */
export const lookedAt = (ms: number): string => new Date(ms - (ms % 1000) / 2).toISOString();

/**
 * The newest sighting: the maximum by time, then by how far along, then one that names an error, then by event id, so that
 * order of arrival is nothing.
 */
export const newest = (a: OpenObservation | null, b: OpenObservation | null): OpenObservation | null => {
  if (a === null || b === null) return a ?? b;
  return compare(a, b) >= 0 ? a : b;
};

const compare = (a: OpenObservation, b: OpenObservation): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  openStatuses[a.status] - openStatuses[b.status] ||
  errors(a) - errors(b) ||
  (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0);

const errors = ({ errorCode }: OpenObservation): number => (errorCode === null ? 0 : 1);
