import type { Deliveries } from '../doubles/deliveries';
import type { WebhookEndpoint } from '../doubles/delivery-types';
import { type HttpReply, type HttpRequest, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { readJson } from './api-reply';
import { listEvents } from './list-events';
import { eventTypes } from './notify';
import { PayPalError } from './paypal-error';
import { readObject, readUrl } from './read-field';
import { type TrustedCertificate, verifyTransmission } from './verify-transmission';
import type { World } from './world';

const path = '/v1/notifications';

/** Webhooks Management v1: webhooks, past events, resend, and verification by postback. */
export function notificationRoutes(
  world: World,
  deliveries: Deliveries,
  trusted: () => TrustedCertificate,
): Route[] {
  function findEvent(id: string) {
    const event = world.state.events.get(id);
    if (event === undefined) throw PayPalError.notFound('event_id', id);
    return event;
  }

  function findWebhook(id: string): WebhookEndpoint {
    const webhook = deliveries.endpoints().find((candidate) => candidate.id === id);
    if (webhook === undefined) throw PayPalError.notFound('webhook_id', id);
    return webhook;
  }

  function create(request: HttpRequest): HttpReply {
    const body = readObject(readJson(request), '/');
    const url = readUrl(body, 'url', '');
    if (url === undefined) throw PayPalError.invalid('MISSING_REQUIRED_PARAMETER', { field: '/url' });
    const listed = Array.isArray(body.event_types) ? body.event_types : [];
    const names = listed.map((item: unknown) => String(readObject(item, '/event_types').name));
    const webhook = {
      id: world.newId(17),
      url,
      secrets: [],
      enabledEvents: names.length > 0 ? names : ['*'],
    };
    world.state.webhooks.set(webhook.id, webhook);
    deliveries.addEndpoint(webhook);
    return jsonReply(201, renderWebhook(world, webhook));
  }

  function resend(request: HttpRequest): HttpReply {
    const event = findEvent(request.params.id ?? '');
    const { webhook_ids: chosen } = readObject(readJson(request), '/');
    const ids = Array.isArray(chosen)
      ? chosen.map(String)
      : deliveries.endpoints().map((webhook) => webhook.id);
    for (const id of ids) deliveries.resend(event.id, findWebhook(id).id);
    return eventReply(202, event.body);
  }

  function verify(request: HttpRequest): HttpReply {
    const ids = new Set(deliveries.endpoints().map((webhook) => webhook.id));
    const genuine = verifyTransmission(request.rawBody.toString('utf8'), trusted(), ids);
    return jsonReply(200, { verification_status: genuine ? 'SUCCESS' : 'FAILURE' });
  }

  return [
    {
      method: 'GET',
      pattern: `${path}/webhooks`,
      handle: () =>
        jsonReply(200, { webhooks: deliveries.endpoints().map((webhook) => renderWebhook(world, webhook)) }),
    },
    { method: 'POST', pattern: `${path}/webhooks`, handle: create },
    {
      method: 'GET',
      pattern: `${path}/webhooks/{id}`,
      handle: ({ params }) => jsonReply(200, renderWebhook(world, findWebhook(params.id ?? ''))),
    },
    {
      method: 'DELETE',
      pattern: `${path}/webhooks/{id}`,
      handle({ params }) {
        const { id } = findWebhook(params.id ?? '');
        deliveries.removeEndpoint(id);
        world.state.webhooks.delete(id);
        return { status: 204 };
      },
    },
    {
      method: 'GET',
      pattern: `${path}/webhooks-event-types`,
      handle: () =>
        jsonReply(200, {
          event_types: Object.entries(eventTypes).map(([name, description]) => ({
            name,
            description,
            status: 'ENABLED',
            resource_versions: ['2.0'],
          })),
        }),
    },
    {
      method: 'GET',
      pattern: `${path}/webhooks-events`,
      handle: ({ query }) => eventReply(200, listEvents(world, query).text),
    },
    {
      method: 'GET',
      pattern: `${path}/webhooks-events/{id}`,
      handle: ({ params }) => eventReply(200, findEvent(params.id ?? '').body),
    },
    { method: 'POST', pattern: `${path}/webhooks-events/{id}/resend`, handle: resend },
    { method: 'POST', pattern: `${path}/verify-webhook-signature`, handle: verify },
  ];
}

/** An event's stored text goes out verbatim: it is what was signed. */
function eventReply(status: number, body: string): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function renderWebhook(world: World, { id, url, enabledEvents }: WebhookEndpoint) {
  const self = `${world.url}${path}/webhooks/${id}`;
  return {
    id,
    url,
    event_types: enabledEvents.map((name) => ({ name })),
    links: [
      { href: self, rel: 'self', method: 'GET' },
      { href: self, rel: 'delete', method: 'DELETE' },
    ],
  };
}
