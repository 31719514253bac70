import type { Deliveries } from '../../doubles/deliveries';
import { wantsType } from '../../doubles/delivery-rules';
import { listObjects, listParams } from '../list-objects';
import type { StripeRoute } from '../route';
import type { EventObject, StoredEvent } from '../stored-objects';
import { invalidParam, missingResource } from '../stripe-error';
import type { World } from '../world';

const path = '/v1/events';

/** "Events are only guaranteed for 30 days." */
const keptSeconds = 30 * 86_400;

/** /v1/events: list, retrieve (docs.stripe.com/api/events). */
export function eventRoutes(world: World, deliveries: Deliveries): StripeRoute[] {
  const kept = (event: StoredEvent) => event.created > world.nowSeconds() - keptSeconds;
  const undelivered = (event: StoredEvent) =>
    deliveries.ofEvent(event.id).filter((one) => one.state !== 'delivered').length;
  const show = (event: StoredEvent): EventObject => ({
    ...JSON.parse(event.body),
    pending_webhooks: undelivered(event),
  });
  return [
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'delivery_success', 'type', 'types'],
      handle: (call) => {
        const { params } = call;
        const type = params.text('type');
        const types = params.texts('types');
        if (type && types.length > 0) {
          throw invalidParam('types', 'You may only specify one of these parameters: type, types.');
        }
        if (types.length > 20) throw invalidParam('types', 'You may specify up to 20 types.');
        const wantedTypes = type ? [type] : types;
        const success = params.flag('delivery_success');
        const wanted = world.store.events
          .all()
          .filter(kept)
          .filter((one) => wantedTypes.length === 0 || wantsType(wantedTypes, one.type))
          .filter((one) => success === undefined || (undelivered(one) === 0) === success);
        const page = listObjects(path, wanted, call);
        return { ...page, data: page.data.map(show) };
      },
    },
    {
      method: 'GET',
      pattern: `${path}/{id}`,
      params: [],
      handle: ({ id }) => {
        const event = world.store.events.get(id);
        if (!event || !kept(event)) throw missingResource('event', id);
        return show(event);
      },
    },
  ];
}
