import { listObjects, listParams } from '../list-objects';
import { mergeMetadata } from '../merge-metadata';
import type { Params } from '../read-params';
import type { StripeRoute } from '../route';
import type { StoredCharge, StoredRefund } from '../stored-objects';
import { invalidParam, missingResource, StripeRefusal, unexpectedState } from '../stripe-error';
import { updateObject } from '../update-object';
import type { World } from '../world';
import { createRefund } from './create-refund';

const path = '/v1/refunds';

/** /v1/refunds (docs.stripe.com/api/refunds). */
export function refundRoutes(world: World): StripeRoute[] {
  const { refunds } = world.store;
  const find = (id: string): StoredRefund => {
    const refund = refunds.get(id);
    if (!refund) throw missingResource('refund', id);
    return refund;
  };
  return [
    {
      method: 'POST',
      pattern: path,
      params: [
        'amount',
        'charge',
        'customer',
        'currency',
        'instructions_email',
        'metadata',
        'origin',
        'payment_intent',
        'reason',
        'refund_application_fee',
        'reverse_transfer',
      ],
      handle: ({ params }) => {
        const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
        const terms = {
          amount: params.integer('amount'),
          reason: params.oneOf('reason', reasons) ?? null,
          metadata: params.metadata() ?? {},
        };
        return createRefund(world, chargeToRefund(world, params), terms);
      },
    },
    {
      method: 'GET',
      pattern: path,
      params: [...listParams, 'charge', 'payment_intent'],
      handle: (call) => {
        const charge = call.params.text('charge');
        const intent = call.params.text('payment_intent');
        const wanted = refunds
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
      params: ['metadata'],
      handle: ({ id, params }) => {
        const refund = find(id);
        const metadata = mergeMetadata(refund.metadata ?? {}, params.metadata());
        const previous = updateObject(refund, { metadata });
        if (Object.keys(previous).length > 0) world.emit('refund.updated', refund, previous);
        return refund;
      },
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/cancel`,
      params: [],
      handle: ({ id }) => {
        const refund = find(id);
        if (refund.status !== 'requires_action') {
          const message = `You can only cancel a refund with a status of requires_action. Refund ${id} has a status of ${refund.status}.`;
          throw new StripeRefusal(400, { type: 'invalid_request_error', message });
        }
        world.emit('refund.updated', refund, updateObject(refund, { status: 'canceled' }));
        return refund;
      },
    },
  ];
}

function chargeToRefund(world: World, params: Params): StoredCharge {
  const chargeId = params.text('charge');
  const intentId = params.text('payment_intent');
  if (!chargeId && !intentId) {
    throw invalidParam(
      'charge',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  if (!intentId) return existingCharge(world, chargeId ?? '');
  const intent = world.store.paymentIntents.get(intentId);
  if (!intent) throw missingResource('payment_intent', intentId, 'payment_intent');
  const charge = world.store.charges.get(intent.latest_charge ?? '');
  if (charge?.status === 'succeeded' && charge.captured) return charge;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    { param: 'payment_intent' },
  );
}

function existingCharge(world: World, id: string): StoredCharge {
  const charge = world.store.charges.get(id);
  if (!charge) throw missingResource('charge', id, 'charge');
  return charge;
}
