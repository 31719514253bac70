import type { Dispute } from './dispute-state';
import { PayPalError } from './paypal-error';
import type { Authorization, Capture, Order, Refund } from './state';
import type { World } from './world';

/** Looks up by id; an unknown id is PayPal's 404 INVALID_RESOURCE_ID naming the path parameter. */
function find<T>(items: ReadonlyMap<string, T>, field: string, id: string): T {
  const item = items.get(id);
  if (item === undefined) throw PayPalError.notFound(field, id);
  return item;
}

export const findOrder = (world: World, id: string): Order => find(world.state.orders, 'order_id', id);

export const findCapture = (world: World, id: string): Capture =>
  find(world.state.captures, 'capture_id', id);

export const findRefund = (world: World, id: string): Refund => find(world.state.refunds, 'refund_id', id);

export const findAuthorization = (world: World, id: string): Authorization =>
  find(world.state.authorizations, 'authorization_id', id);

export const findDispute = (world: World, id: string): Dispute =>
  find(world.state.disputes, 'dispute_id', id);
