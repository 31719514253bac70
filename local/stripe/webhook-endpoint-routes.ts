import type { Deliveries } from '../doubles/deliveries';
import { listObjects, listParams } from './list-objects';
import type { StripeRoute } from './route';
import type { StoredWebhookEndpoint } from './stored-objects';
import { invalidParam, missingResource } from './stripe-error';
import { updateObject } from './update-object';
import type { World } from './world';

const path = '/v1/webhook_endpoints';

/** /v1/webhook_endpoints (docs.stripe.com/api/webhook_endpoints). The secret shows once, at creation. */
export function webhookEndpointRoutes(world: World, deliveries: Deliveries): StripeRoute[] {
  const { webhookEndpoints } = world.store;
  const find = (id: string): StoredWebhookEndpoint => {
    const endpoint = webhookEndpoints.get(id);
    if (!endpoint) throw missingResource('webhook endpoint', id);
    return endpoint;
  };
  return [
    {
      method: 'POST',
      pattern: path,
      params: ['url', 'enabled_events', 'api_version', 'connect', 'description', 'metadata'],
      handle: ({ params }) => {
        const url = params.requiredText('url');
        if (!URL.canParse(url))
          throw invalidParam('url', 'Invalid URL: An explicit scheme must be provided.', 'url_invalid');
        const enabledEvents = params.texts('enabled_events');
        if (enabledEvents.length === 0) {
          throw invalidParam(
            'enabled_events',
            'Missing required param: enabled_events.',
            'parameter_missing',
          );
        }
        const secret = `whsec_${world.random.text(32)}`;
        const endpoint = registerEndpoint(world, deliveries, {
          id: world.newId('we'),
          url,
          secrets: [secret],
          enabledEvents,
        });
        updateObject(endpoint, {
          description: params.text('description') ?? null,
          metadata: params.metadata() ?? {},
        });
        return { ...endpoint, secret };
      },
    },
    {
      method: 'GET',
      pattern: path,
      params: listParams,
      handle: (call) => listObjects(path, webhookEndpoints.all(), call),
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => find(id) },
    {
      method: 'DELETE',
      pattern: `${path}/{id}`,
      params: [],
      handle: ({ id }) => {
        find(id);
        webhookEndpoints.remove(id);
        deliveries.removeEndpoint(id);
        return { id, object: 'webhook_endpoint', deleted: true };
      },
    },
  ];
}

/** Makes an address receive events, and listable. */
export function registerEndpoint(
  world: World,
  deliveries: Deliveries,
  endpoint: { id: string; url: string; secrets: string[]; enabledEvents: string[] },
): StoredWebhookEndpoint {
  deliveries.addEndpoint(endpoint);
  return world.store.webhookEndpoints.put({
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: world.apiVersion,
    application: null,
    created: world.nowSeconds(),
    description: null,
    enabled_events: endpoint.enabledEvents,
    livemode: world.livemode,
    metadata: {},
    status: 'enabled',
    url: endpoint.url,
  });
}
