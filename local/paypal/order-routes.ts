import { type HttpReply, type HttpRequest, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { readJson, requestIdOf, wantsRepresentation } from './api-reply';
import { authorizeOrder, captureOrder } from './capture-order';
import { createOrder } from './create-order';
import { watchSettlement } from './deadlines';
import { findCapture, findOrder } from './find-resource';
import { patchOrder } from './patch-order';
import { PayPalError } from './paypal-error';
import { objectOrEmpty } from './read-field';
import { renderMinimalOrder, renderOrder } from './render-order';
import type { RequestReplay } from './replay-request';
import { hourMs, type World } from './world';

/** "The server stores keys for 6 hours" (Orders v2, paypal_request_id). */
const keptMs = 6 * hourMs;

/** Orders v2: create, get, patch, capture, authorize. */
export function orderRoutes(world: World, replay: RequestReplay): Route[] {
  const path = '/v2/checkout/orders';

  function answer(request: HttpRequest, id: string, status: number): HttpReply {
    const order = findOrder(world, id);
    const render = wantsRepresentation(request) ? renderOrder : renderMinimalOrder;
    return jsonReply(status, render(world, order));
  }

  async function create(request: HttpRequest): Promise<HttpReply> {
    const body = readJson(request);
    const hasSource = objectOrEmpty(body).payment_source !== undefined;
    if (hasSource && requestIdOf(request) === undefined) {
      throw PayPalError.invalid('PAYPAL_REQUEST_ID_REQUIRED', { field: 'PayPal-Request-Id' });
    }
    const operation = { name: 'orders.create', keptMs };
    const { id, replayed } = await replay.once(operation, request, () => createOrder(world, body).id);
    // A retried id is answered 200; so is, in the sandbox, an order created with its payment source.
    return answer(request, id, replayed || hasSource ? 200 : 201);
  }

  function act(name: 'capture' | 'authorize', run: (world: World, id: string) => unknown) {
    return async (request: HttpRequest): Promise<HttpReply> => {
      readJson(request);
      const orderId = request.params.id ?? '';
      const { id, replayed } = await replay.once({ name: `orders.${name}`, keptMs }, request, () => {
        run(world, orderId);
        for (const captureId of findOrder(world, orderId).units.flatMap((unit) => unit.captureIds)) {
          watchSettlement(world, findCapture(world, captureId));
        }
        return orderId;
      });
      return answer(request, id, replayed ? 200 : 201);
    };
  }

  return [
    { method: 'POST', pattern: path, handle: create },
    {
      method: 'GET',
      pattern: `${path}/{id}`,
      handle: ({ params }) => jsonReply(200, renderOrder(world, findOrder(world, params.id ?? ''))),
    },
    {
      method: 'PATCH',
      pattern: `${path}/{id}`,
      handle(request) {
        patchOrder(world, request.params.id ?? '', readJson(request));
        return { status: 204 };
      },
    },
    { method: 'POST', pattern: `${path}/{id}/capture`, handle: act('capture', captureOrder) },
    { method: 'POST', pattern: `${path}/{id}/authorize`, handle: act('authorize', authorizeOrder) },
  ];
}
