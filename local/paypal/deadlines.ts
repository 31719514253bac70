import { approvalDeadline, reverseApproval } from './approve-order';
import { settleCapture } from './settle-capture';
import type { Capture, Order } from './state';
import type { World } from './world';

/** Sets the alarm of an approved order: uncaptured when it rings, the approval is reversed. */
export function watchApproval(world: World, order: Order): void {
  const deadline = approvalDeadline(order);
  if (deadline === undefined) return;
  world.at(deadline, () => {
    // Looked up again: a reset or a restored state may have replaced the object meanwhile.
    const current = world.state.orders.get(order.id);
    if (current !== undefined && approvalDeadline(current) === deadline) reverseApproval(world, current);
  });
}

/** Sets the alarm of a pending capture that is to settle by itself. */
export function watchSettlement(world: World, capture: Capture): void {
  const { settlement } = capture;
  if (settlement === undefined) return;
  world.at(settlement.at, () => {
    if (world.state.captures.get(capture.id)?.settlement?.at !== settlement.at) return;
    settleCapture(world, capture.id, settlement.status);
  });
}

/** After a restart: every alarm again. What is overdue rings at once. */
export function watchAll(world: World): void {
  for (const order of world.state.orders.values()) watchApproval(world, order);
  for (const capture of world.state.captures.values()) watchSettlement(world, capture);
}
