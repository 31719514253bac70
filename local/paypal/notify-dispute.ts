import type { Dispute } from './dispute-state';
import { notify } from './notify';
import { renderDispute, stateOf } from './render-dispute';
import type { World } from './world';

const summaries = {
  'CUSTOMER.DISPUTE.CREATED': 'A new dispute opened with Case # ',
  'CUSTOMER.DISPUTE.UPDATED': 'Updates made to dispute with Case # ',
  'CUSTOMER.DISPUTE.RESOLVED': 'A dispute was resolved with Case # ',
};

/** The resource is the dispute in full, with the state that lists have. */
export function notifyDispute(world: World, type: keyof typeof summaries, dispute: Dispute): void {
  notify(world, type, {
    resourceType: 'dispute',
    resource: { ...renderDispute(world, dispute), dispute_state: stateOf(dispute) },
    summary: `${summaries[type]}${dispute.id}`,
    ids: [dispute.id, dispute.captureId],
  });
}
