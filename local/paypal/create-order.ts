import { parseOrderRequest } from './parse-order-request';
import type { Order } from './state';
import type { World } from './world';

/** POST /v2/checkout/orders: a new order that waits for its payer. */
export function createOrder(world: World, body: unknown): Order {
  const request = parseOrderRequest(body);
  const now = world.now();
  const order: Order = {
    id: world.newId(17),
    ...request,
    status: request.payerAction ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    payer: undefined,
    createdAt: now,
    updatedAt: now,
    approvedAt: undefined,
  };
  world.state.orders.set(order.id, order);
  return order;
}
