import type { Deliveries } from '../doubles/deliveries';
import { wantsType } from '../doubles/delivery-rules';
import type { EventObject } from './stored-objects';
import type { EmitEvent, World } from './world';

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
    const event: EventObject = {
      id: newId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: nowSeconds(),
      data: {
        object,
        ...(previousAttributes && { previous_attributes: previousAttributes }),
      },
      livemode,
      pending_webhooks: deliveries.endpoints().filter((one) => wantsType(one.enabledEvents, type)).length,
      request: { id: request?.id ?? null, idempotency_key: request?.idempotencyKey ?? null },
      type,
    };
    // The text is the snapshot: what happens to the object later cannot change it.
    const body = JSON.stringify(event, null, 2);
    store.events.put({ id: event.id, type, created: event.created, body });
    deliveries.publish({ id: event.id, type, body });
  };
}
