import * as z from 'zod/mini';
import type { Deliveries } from './deliveries';
import { deliveryRulesSchema, forgerySchema } from './delivery-rules';
import { jsonReply } from './http-messages';
import type { Route } from './route-table';
import { withBody } from './with-body';

const deliverSchema = z.strictObject({
  body: z.optional(z.union([z.string(), z.record(z.string(), z.unknown())])),
  /** For bodies that are not text, such as invalid UTF-8 (sent as is, not re-encoded). */
  bodyBase64: z.optional(z.string()),
  eventId: z.optional(z.string()),
  type: z.optional(z.string()),
  endpoint: z.optional(z.string()),
  forge: z.optional(forgerySchema),
  copies: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(1000))),
});

/** The delivery half of the control API; documented at `controlRoutes`. */
export function controlDeliveryRoutes(deliveries: Deliveries): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/_control/deliveries/rules',
      handle: () => jsonReply(200, deliveries.rules()),
    },
    {
      method: 'PUT',
      pattern: '/_control/deliveries/rules',
      handle: (request) =>
        withBody(request, deliveryRulesSchema, (rules) => jsonReply(200, deliveries.setRules(rules))),
    },
    {
      method: 'DELETE',
      pattern: '/_control/deliveries/rules',
      handle: () => jsonReply(200, deliveries.setRules({})),
    },
    {
      method: 'GET',
      pattern: '/_control/deliveries',
      handle: ({ query }) =>
        jsonReply(200, {
          deliveries: deliveries
            .list()
            .filter((one) => one.eventId === (query.get('event_id') ?? one.eventId))
            .filter((one) => one.eventType === (query.get('type') ?? one.eventType))
            .filter((one) => one.state === (query.get('state') ?? one.state)),
        }),
    },
    {
      method: 'POST',
      pattern: '/_control/deliveries/drain',
      handle: async () => {
        await deliveries.drain();
        return jsonReply(200, { deliveries: deliveries.list().length });
      },
    },
    {
      method: 'POST',
      pattern: '/_control/deliveries/{eventId}/resend',
      handle: ({ params, query }) => {
        const count = deliveries.resend(params.eventId ?? '', query.get('endpoint') ?? undefined);
        return count === 0
          ? jsonReply(404, { error: 'no such event, or no endpoint to send it to' })
          : jsonReply(200, { deliveries: count });
      },
    },
    {
      method: 'POST',
      pattern: '/_control/deliver',
      handle: (request) => withBody(request, deliverSchema, (order) => deliver(deliveries, order)),
    },
  ];
}

async function deliver(deliveries: Deliveries, order: z.output<typeof deliverSchema>) {
  const { body = '', bodyBase64, eventId = 'evt_custom', type = 'custom', forge, copies = 1 } = order;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const event = {
    id: eventId,
    type,
    body: bodyBase64 === undefined ? text : Buffer.from(bodyBase64, 'base64'),
  };
  const rounds = await Promise.all(
    Array.from({ length: copies }, () => deliveries.deliverNow(event, forge ?? null, order.endpoint)),
  );
  return jsonReply(200, { attempts: rounds.flat() });
}
