import type { Deliveries } from '../doubles/deliveries';
import { wantsType } from '../doubles/delivery-rules';
import type { StoredEvent } from './stored-objects';
import type { World } from './world';

/** Records an event with a snapshot of the object as it is now and sends it to the webhook endpoints. */
export type EmitEvent = (type: string, object: object, previousAttributes?: Record<string, unknown>) => void;

/** The API request under way; events say which one caused them. Null for what happens by itself. */
export interface CurrentRequest {
  id: string;
  idempotencyKey: string | null;
}

export function createEmitter(
  world: () => World,
  deliveries: Deliveries,
  currentRequest: () => CurrentRequest | null,
): EmitEvent {
  return (type, object, previousAttributes) => {
    const { store, newId, apiVersion, livemode, nowSeconds } = world();
    const request = currentRequest();
    const event: StoredEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: nowSeconds(),
      data: {
        object: structuredClone(object),
        ...(previousAttributes && { previous_attributes: structuredClone(previousAttributes) }),
      },
      livemode,
      pending_webhooks: deliveries.endpoints().filter((one) => wantsType(one.enabledEvents, type)).length,
      request: { id: request?.id ?? null, idempotency_key: request?.idempotencyKey ?? null },
      type,
    };
    store.events.put(event);
    deliveries.publish({ id: event.id, type, body: JSON.stringify(event, null, 2) });
  };
}
