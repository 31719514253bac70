import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { StripeRoute } from '../route';
import type { StoredCharge } from '../stored-objects';
import { missingResource } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';

const path = '/v1/charges';

/** /v1/charges: retrieve, list, update (docs.stripe.com/api/charges). */
export function chargeRoutes(world: World): StripeRoute[] {
  const { charges } = world.store;
  const find = (id: string): StoredCharge => {
    const charge = charges.get(id);
    if (!charge) throw missingResource('charge', id);
    return charge;
  };
  return [
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'customer', 'payment_intent', 'transfer_group'],
      handle: (call) => {
        const customer = call.params.text('customer');
        const intent = call.params.text('payment_intent');
        const wanted = charges
          .all()
          .filter((one) => !customer || one.customer === customer)
          .filter((one) => !intent || one.payment_intent === intent);
        return listObjects(path, wanted, call);
      },
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => find(id) },
    {
      method: 'POST',
      pattern: `${path}/{id}`,
      params: [
        'customer',
        'description',
        'fraud_details',
        'metadata',
        'receipt_email',
        'shipping',
        'transfer_group',
      ],
      handle: ({ id, params }) => {
        const charge = find(id);
        const previous = updateObject(charge, {
          metadata: mergeMetadata(charge.metadata, params.metadata()),
          ...(params.has('description') && { description: params.text('description') ?? null }),
          ...(params.has('receipt_email') && { receipt_email: params.text('receipt_email') ?? null }),
        });
        if (Object.keys(previous).length > 0) world.emit('charge.updated', charge, previous);
        return charge;
      },
    },
  ];
}
