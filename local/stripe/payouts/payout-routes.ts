import { readCurrency } from '../currencies';
import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { StripeRoute } from '../route';
import type { StoredPayout } from '../stored-objects';
import { invalidParam, missingResource } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { createPayout } from './new-payout';
import { cancelPayout } from './settle-payout';

const path = '/v1/payouts';

/** /v1/payouts (docs.stripe.com/api/payouts); the bank's part is in the control API. */
export function payoutRoutes(world: World): StripeRoute[] {
  const { payouts } = world.store;
  const find = (id: string): StoredPayout => {
    const payout = payouts.get(id);
    if (!payout) throw missingResource('payout', id);
    return payout;
  };
  return [
    {
      method: 'POST',
      pattern: path,
      params: [
        'amount',
        'currency',
        'description',
        'destination',
        'metadata',
        'method',
        'source_type',
        'statement_descriptor',
      ],
      handle: ({ params }) => {
        const amount = params.requiredInteger('amount');
        if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
        return createPayout(world, {
          amount,
          currency: readCurrency(params.requiredText('currency')),
          description: params.text('description') ?? null,
          destination: params.text('destination') ?? null,
          method: params.oneOf('method', ['standard', 'instant']) ?? 'standard',
          statementDescriptor: params.text('statement_descriptor') ?? null,
          metadata: params.metadata() ?? {},
        });
      },
    },
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'arrival_date', 'destination', 'status'],
      handle: (call) => {
        const status = call.params.text('status');
        const destination = call.params.text('destination');
        const wanted = payouts
          .all()
          .filter((one) => !status || one.status === status)
          .filter((one) => !destination || one.destination === destination);
        return listObjects(path, wanted, call);
      },
    },
    { method: 'GET', pattern: `${path}/{id}`, params: [], handle: ({ id }) => find(id) },
    {
      method: 'POST',
      pattern: `${path}/{id}`,
      params: ['metadata'],
      handle: ({ id, params }) => {
        const payout = find(id);
        updateObject(payout, { metadata: mergeMetadata(payout.metadata ?? {}, params.metadata()) });
        return payout;
      },
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/cancel`,
      params: [],
      handle: ({ id }) => {
        const payout = find(id);
        cancelPayout(world, payout);
        return payout;
      },
    },
  ];
}
