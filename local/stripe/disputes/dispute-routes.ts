import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { StripeRoute } from '../route';
import type { StoredDispute } from '../stored-objects';
import { missingResource } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { closeDispute, reviewDispute } from './close-dispute';

const path = '/v1/disputes';

/** /v1/disputes (docs.stripe.com/api/disputes); cardholders open them, see the control API. */
export function disputeRoutes(world: World): StripeRoute[] {
  const { disputes } = world.store;
  const find = (id: string): StoredDispute => {
    const dispute = disputes.get(id);
    if (!dispute) throw missingResource('dispute', id);
    return dispute;
  };
  return [
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'charge', 'payment_intent'],
      handle: (call) => {
        const charge = call.params.text('charge');
        const intent = call.params.text('payment_intent');
        const wanted = disputes
          .all()
          .filter((one) => !charge || one.charge === charge)
          .filter((one) => !intent || one.payment_intent === intent);
        return listObjects(path, wanted, call);
      },
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => find(id) },
    {
      method: 'POST',
      pattern: `${path}/{id}`,
      params: ['evidence', 'metadata', 'submit', 'intended_submission_method'],
      handle: ({ id, params }) => {
        const dispute = find(id);
        updateObject(dispute, { metadata: mergeMetadata(dispute.metadata, params.metadata()) });
        if (params.object('evidence') && params.flag('submit') !== false) reviewDispute(world, dispute);
        return dispute;
      },
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/close`,
      params: [],
      handle: ({ id }) => {
        const dispute = find(id);
        closeDispute(world, dispute, 'lost');
        return dispute;
      },
    },
  ];
}
