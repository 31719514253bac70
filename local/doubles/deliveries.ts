import type { VirtualClock } from './clock';
import { createDeliveryBook, type DeliveryBookState } from './delivery-book';
import {
  type DeliveryRules,
  type DeliveryRulesInput,
  deliveryRulesSchema,
  wantsType,
} from './delivery-rules';
import { createDeliverySchedule } from './delivery-schedule';
import type {
  Delivery,
  DeliveryAttempt,
  Forgery,
  OutgoingEvent,
  PostedEvent,
  WebhookEndpoint,
} from './delivery-types';
import { createRandom } from './random';
import type { DeliverySender } from './send-delivery';

export interface DeliveriesOptions {
  clock: VirtualClock;
  sender: DeliverySender;
  /** Virtual waits between attempts; one attempt more than there are entries. */
  retryDelaysMs: readonly number[];
  onAttempt?: (delivery: Delivery, attempt: DeliveryAttempt) => void;
  /** Called whenever something worth saving changed. */
  onChange?: () => void;
}

export interface Deliveries {
  endpoints(): WebhookEndpoint[];
  addEndpoint(endpoint: WebhookEndpoint): void;
  removeEndpoint(id: string): boolean;
  /** Starts an event's way to every endpoint that wants its type, by the rules. Returns how many endpoints that is. */
  publish(event: OutgoingEvent): number;
  /** Sends a known event again at once, ignoring delay, drop and reorder. Returns the number of new deliveries; 0 = unknown event. */
  resend(eventId: string, endpointId?: string): number;
  /** Posts any body once to each endpoint and waits for the answers; no retries, no rules, no record. */
  deliverNow(
    event: PostedEvent,
    forge: Forgery | null,
    endpointId?: string,
  ): Promise<(DeliveryAttempt & { url: string })[]>;
  rules(): DeliveryRules;
  /** Replaces the rules; what is left out has its default. Also releases what a pause held. */
  setRules(rules: DeliveryRulesInput): DeliveryRules;
  list(): Delivery[];
  /** Every event that was published, oldest first. */
  events(): OutgoingEvent[];
  eventCount(): number;
  ofEvent(eventId: string): Delivery[];
  /** Resolves when nothing is on the wire and nothing is due (later retries and held deliveries do not count). */
  drain(): Promise<void>;
  snapshot(): DeliveryBookState;
  restore(state: DeliveryBookState): void;
  /** Forgets deliveries and rules; endpoints stay. */
  reset(): void;
  close(): void;
}

/** The webhook deliverer of a double: attempts, retries on the virtual clock, and rules that disturb them. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, sender, onChange, onAttempt } = options;
  const book = createDeliveryBook();
  const schedule = createDeliverySchedule(clock);
  const endpoints = new Map<string, WebhookEndpoint>();
  let rules = deliveryRulesSchema.parse({});
  let chance = createRandom(rules.seed);
  let collecting: Delivery[] | undefined;

  function plan(delivery: Delivery, dueMs: number): void {
    Object.assign(delivery, { state: 'scheduled', dueMs });
    schedule.at(dueMs, () => attempt(delivery));
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const ruled = wantsType(rules.types, delivery.eventType);
    if (rules.paused && ruled) {
      delivery.state = 'held';
      return;
    }
    const event = book.event(delivery.eventId);
    const endpoint = endpoints.get(delivery.endpointId);
    if (!event || !endpoint) {
      Object.assign(delivery, { state: 'failed', dueMs: null });
      return;
    }
    const isCurrent = schedule.currency();
    const forge = ruled ? rules.forge : null;
    const atMs = clock.now();
    Object.assign(delivery, { state: 'sending', dueMs: null });
    const outcome = await sender.send(event, endpoint, forge, isCurrent);
    if (!isCurrent()) return;
    const record: DeliveryAttempt = { atMs, ...outcome, forged: forge !== null };
    delivery.attempts.push(record);
    const waitMs = options.retryDelaysMs[delivery.attempts.length - 1];
    if (outcome.error === null) delivery.state = 'delivered';
    else if (waitMs === undefined) delivery.state = 'failed';
    else plan(delivery, clock.now() + waitMs);
    onAttempt?.(delivery, record);
    onChange?.();
  }

  /** Puts a new delivery on its way as the rules say. */
  function admit(delivery: Delivery): void {
    if (!wantsType(rules.types, delivery.eventType)) {
      plan(delivery, clock.now());
    } else if (isDropped()) {
      delivery.state = 'dropped';
    } else if (rules.reorder) {
      collect(delivery, rules.reorder);
    } else {
      plan(delivery, clock.now() + rules.delayMs + spread());
    }
  }

  function isDropped(): boolean {
    if (rules.dropNext === 0) return rules.dropProbability > 0 && chance.next() < rules.dropProbability;
    rules.dropNext -= 1;
    return true;
  }

  function spread(): number {
    return rules.spreadMs === 0 ? 0 : Math.floor(chance.next() * rules.spreadMs);
  }

  function collect(delivery: Delivery, { windowMs, seed }: NonNullable<DeliveryRules['reorder']>): void {
    delivery.state = 'held';
    if (collecting) {
      collecting.push(delivery);
      return;
    }
    const batch = [delivery];
    collecting = batch;
    schedule.at(clock.now() + windowMs, async () => {
      collecting = undefined;
      for (const one of batch) one.state = 'scheduled';
      // One after another: sent at once they would arrive in any order, not in the seeded one.
      for (const next of createRandom(seed).shuffle(batch)) await attempt(next);
    });
  }

  const receivers = (wanted: (endpoint: WebhookEndpoint) => boolean) =>
    [...endpoints.values()].filter(wanted);

  return {
    endpoints: () => [...endpoints.values()],
    addEndpoint(endpoint) {
      endpoints.set(endpoint.id, endpoint);
    },
    removeEndpoint: (id) => endpoints.delete(id),
    publish(event) {
      const wanting = receivers((one) => wantsType(one.enabledEvents, event.type));
      book.remember(event);
      const copies = wantsType(rules.types, event.type) ? rules.copies : 1;
      for (const endpoint of wanting) {
        for (let copy = 0; copy < copies; copy++) admit(book.open(event, endpoint));
      }
      onChange?.();
      return wanting.length;
    },
    resend(eventId, endpointId) {
      const event = book.event(eventId);
      if (!event) return 0;
      const wanting = receivers((one) => !endpointId || one.id === endpointId);
      for (const endpoint of wanting) plan(book.open(event, endpoint), clock.now());
      return wanting.length;
    },
    async deliverNow(event, forge, endpointId) {
      const atMs = clock.now();
      const post = async (endpoint: WebhookEndpoint) => ({
        url: endpoint.url,
        atMs,
        ...(await sender.send(event, endpoint, forge)),
        forged: forge !== null,
      });
      return Promise.all(receivers((one) => !endpointId || one.id === endpointId).map(post));
    },
    rules: () => structuredClone(rules),
    setRules(input) {
      rules = deliveryRulesSchema.parse(input);
      chance = createRandom(rules.seed);
      const held = book.list().filter((one) => one.state === 'held' && !collecting?.includes(one));
      for (const delivery of held) plan(delivery, clock.now());
      return structuredClone(rules);
    },
    list: () => structuredClone(book.list()),
    events: () => book.events(),
    eventCount: () => book.eventCount(),
    ofEvent: (eventId) => structuredClone(book.ofEvent(eventId)),
    drain: () => schedule.idle(),
    snapshot: () => book.snapshot(),
    restore(state) {
      book.restore(state);
      // What was under way when the process ended is sent (again): a provider that crashed would, too.
      const open = book.list().filter((one) => ['scheduled', 'held', 'sending'].includes(one.state));
      for (const delivery of open) plan(delivery, delivery.dueMs ?? clock.now());
    },
    reset() {
      schedule.clear();
      book.clear();
      collecting = undefined;
      rules = deliveryRulesSchema.parse({});
      onChange?.();
    },
    close() {
      schedule.clear();
      sender.close();
    },
  };
}
