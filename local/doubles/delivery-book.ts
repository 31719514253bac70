import type { Delivery, OutgoingEvent, WebhookEndpoint } from './delivery-types';

export interface DeliveryBookState {
  count: number;
  events: OutgoingEvent[];
  deliveries: Delivery[];
}

/** The records of a deliverer: the events it sent and how each delivery went. */
export interface DeliveryBook {
  remember(event: OutgoingEvent): void;
  event(id: string): OutgoingEvent | undefined;
  /** All of them, oldest first. */
  events(): OutgoingEvent[];
  eventCount(): number;
  /** A new delivery of a remembered event. */
  open(event: OutgoingEvent, endpoint: WebhookEndpoint): Delivery;
  /** Oldest first; the live records. */
  list(): Delivery[];
  /** The live records of one event. */
  ofEvent(eventId: string): Delivery[];
  snapshot(): DeliveryBookState;
  restore(state: DeliveryBookState): void;
  clear(): void;
}

/**
 * Settled deliveries beyond this are forgotten, oldest first, so that a long run does not eat the memory. Events stay, as the
 * provider's own list of them does: any of them can be sent again.
 */
const mostKept = 20_000;
const settledStates = ['delivered', 'failed', 'dropped'];

export function createDeliveryBook(): DeliveryBook {
  const events = new Map<string, OutgoingEvent>();
  let byEvent = new Map<string, Delivery[]>();
  let deliveries: Delivery[] = [];
  let count = 0;
  let trimAt = mostKept * 1.1;

  function index(delivery: Delivery): void {
    const siblings = byEvent.get(delivery.eventId);
    if (siblings) siblings.push(delivery);
    else byEvent.set(delivery.eventId, [delivery]);
  }

  function replace(all: Delivery[]): void {
    deliveries = all;
    byEvent = new Map();
    for (const delivery of all) index(delivery);
  }

  function trim(): void {
    if (deliveries.length < trimAt) return;
    const excess = deliveries.length - mostKept;
    replace(deliveries.filter((one, place) => place >= excess || !settledStates.includes(one.state)));
    // Many unsettled ones must not make every further delivery go through them all.
    trimAt = Math.max(mostKept, deliveries.length) * 1.1;
  }

  return {
    remember(event) {
      events.set(event.id, event);
    },
    event: (id) => events.get(id),
    events: () => [...events.values()],
    eventCount: () => events.size,
    open(event, endpoint) {
      count += 1;
      const delivery: Delivery = {
        id: `dlv_${count}`,
        eventId: event.id,
        eventType: event.type,
        endpointId: endpoint.id,
        url: endpoint.url,
        state: 'scheduled',
        dueMs: null,
        attempts: [],
      };
      deliveries.push(delivery);
      index(delivery);
      trim();
      return delivery;
    },
    list: () => deliveries,
    ofEvent: (eventId) => byEvent.get(eventId) ?? [],
    snapshot: () => ({ count, events: [...events.values()], deliveries }),
    restore(state) {
      count = state.count;
      replace(state.deliveries);
      events.clear();
      for (const event of state.events) events.set(event.id, event);
    },
    clear() {
      replace([]);
      events.clear();
    },
  };
}
