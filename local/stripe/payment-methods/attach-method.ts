import type { StoredPaymentMethod } from '../stored-objects';
import { updateObject } from '../update-object';
import type { World } from '../world';

/** Saves a payment method on a customer. */
export function attachMethod(world: World, method: StoredPaymentMethod, customerId: string): void {
  if (method.customer === customerId) return;
  updateObject(method, { customer: customerId });
  world.emit('payment_method.attached', method);
}
