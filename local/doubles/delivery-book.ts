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
  /** A new delivery of a remembered event. */
  open(event: OutgoingEvent, endpoint: WebhookEndpoint): Delivery;
  /** Oldest first; the live records. */
  list(): Delivery[];
  snapshot(): DeliveryBookState;
  restore(state: DeliveryBookState): void;
  clear(): void;
}

/** Settled deliveries beyond this are forgotten, oldest first, so that a long run does not eat the memory. */
const mostKept = 20_000;
const settledStates = ['delivered', 'failed', 'dropped'];

export function createDeliveryBook(): DeliveryBook {
  const events = new Map<string, OutgoingEvent>();
  let deliveries: Delivery[] = [];
  let count = 0;

  function trim(): void {
    if (deliveries.length < mostKept * 1.1) return;
    const excess = deliveries.length - mostKept;
    deliveries = deliveries.filter((one, index) => index >= excess || !settledStates.includes(one.state));
    const known = new Set(deliveries.map((one) => one.eventId));
    for (const id of events.keys()) if (!known.has(id)) events.delete(id);
  }

  return {
    remember(event) {
      events.set(event.id, event);
    },
    event: (id) => events.get(id),
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
      trim();
      return delivery;
    },
    list: () => deliveries,
    snapshot: () => ({ count, events: [...events.values()], deliveries }),
    restore(state) {
      count = state.count;
      deliveries = state.deliveries;
      events.clear();
      for (const event of state.events) events.set(event.id, event);
    },
    clear() {
      deliveries = [];
      events.clear();
    },
  };
}
