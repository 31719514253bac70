import { findOrder } from './find-resource';
import { notifyApprovalReversed, notifyOrder } from './notify';
import { PayPalError } from './paypal-error';
import { objectOrEmpty, readText } from './read-field';
import type { Millis, Order, Payer } from './state';
import { hourMs, type World } from './world';

/** "3 hours (default setting)" to redirect the payer, and 3 hours from approval to capture (Orders v2, `links`). */
export const approvalWindowMs = 3 * hourMs;

/**
 * The payer says yes: the order becomes APPROVED and CHECKOUT.ORDER.APPROVED goes out. Approving again changes
 * nothing. `body.payer` may name the payer; otherwise it is John Doe, as in PayPal's samples.
 */
export function approveOrder(world: World, id: string, body: unknown = {}): Order {
  const order = findOrder(world, id);
  if (order.status === 'APPROVED') return order;
  const now = world.now();
  if (order.status === 'COMPLETED') throw PayPalError.unprocessable('ORDER_ALREADY_COMPLETED');
  if (order.status === 'VOIDED' || now - order.createdAt > approvalWindowMs) {
    throw PayPalError.unprocessable('ORDER_EXPIRED');
  }
  order.payer = parsePayer(objectOrEmpty(objectOrEmpty(body).payer), world);
  order.status = 'APPROVED';
  order.approvedAt = now;
  order.updatedAt = now;
  notifyOrder(world, 'CHECKOUT.ORDER.APPROVED', order);
  return order;
}

/** When an approved order lapses, or undefined for every other order. */
export function approvalDeadline(order: Order): Millis | undefined {
  return order.status === 'APPROVED' && order.approvedAt !== undefined
    ? order.approvedAt + approvalWindowMs
    : undefined;
}

/** Approved but not captured in time: PayPal cancels the approval and tells the merchant. */
export function reverseApproval(world: World, order: Order): void {
  order.status = 'VOIDED';
  order.updatedAt = world.now();
  notifyApprovalReversed(world, order);
}

function parsePayer(input: Record<string, unknown>, world: World): Payer {
  const name = objectOrEmpty(input.name);
  return {
    payerId: readText(input, 'payer_id', 13, '/payer') ?? world.newId(13),
    email: readText(input, 'email_address', 254, '/payer') ?? 'john.doe@example.com',
    givenName: readText(name, 'given_name', 140, '/payer/name') ?? 'John',
    surname: readText(name, 'surname', 140, '/payer/name') ?? 'Doe',
    countryCode: readText(objectOrEmpty(input.address), 'country_code', 2, '/payer/address') ?? 'US',
  };
}
