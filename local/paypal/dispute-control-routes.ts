import * as z from 'zod/mini';
import { type HttpReply, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { withBody } from '../doubles/with-body';
import type { Dispute } from './dispute-state';
import { advanceDispute, openDispute, resolveDispute, takeMoney } from './disputes';
import { findDispute } from './find-resource';
import { PayPalError } from './paypal-error';
import { renderDispute } from './render-dispute';
import type { World } from './world';

const stage = z.enum(['INQUIRY', 'CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION']);
const minor = z.number().check(z.int(), z.minimum(1));

const openSchema = z.strictObject({
  captureId: z.string(),
  reason: z._default(z.string(), 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED'),
  stage: z._default(stage, 'INQUIRY'),
  channel: z._default(z.enum(['INTERNAL', 'EXTERNAL']), 'INTERNAL'),
  amount: z.optional(minor),
});
const advanceSchema = z.strictObject({
  stage: z.optional(stage),
  status: z.optional(
    z.enum(['OPEN', 'WAITING_FOR_BUYER_RESPONSE', 'WAITING_FOR_SELLER_RESPONSE', 'UNDER_REVIEW', 'OTHER']),
  ),
});
const takeSchema = z.strictObject({ fee: z.optional(minor), hidden: z.optional(z.boolean()) });
const resolveSchema = z.strictObject({
  outcome: z.enum([
    'RESOLVED_BUYER_FAVOUR',
    'RESOLVED_SELLER_FAVOUR',
    'RESOLVED_WITH_PAYOUT',
    'CANCELED_BY_BUYER',
    'ACCEPTED',
    'DENIED',
    'NONE',
  ]),
  ...takeSchema.shape,
});

/**
 * What payers, banks and PayPal do about disputes. Amounts in PayPal's minor unit; the answer is the dispute. A reversal is
 * `hidden` when the order does not list it as a refund.
 *
 * | Request | Does |
 * |---|---|
 * | POST /_control/paypal/disputes `{captureId, reason?, stage?, channel?, amount?}` | opens one: an INQUIRY, unless `stage` says more |
 * | POST /_control/paypal/disputes/{id} `{stage?, status?}` | advances it: UNDER_REVIEW, or the stage CHARGEBACK ... |
 * | POST /_control/paypal/disputes/{id}/take `{fee?, hidden?}` | the bank takes the money while it is open |
 * | POST /_control/paypal/disputes/{id}/resolve `{outcome, fee?, hidden?}` | decides it; lost takes the money, all else gives back what was taken |
 */
export function disputeControlRoutes(world: World, changed: () => void): Route[] {
  const change = (act: () => Dispute): HttpReply => {
    try {
      return jsonReply(200, renderDispute(world, act()));
    } catch (error) {
      if (!(error instanceof PayPalError)) throw error;
      return jsonReply(error.status, { error: error.message });
    } finally {
      changed();
    }
  };
  const about = (id: string | undefined, act: (dispute: Dispute) => void): HttpReply =>
    change(() => {
      const dispute = findDispute(world, id ?? '');
      act(dispute);
      return dispute;
    });
  const path = '/_control/paypal/disputes';
  return [
    {
      method: 'POST',
      pattern: path,
      handle: (request) =>
        withBody(request, openSchema, (terms) =>
          change(() => openDispute(world, { ...terms, amount: toMinor(terms.amount) })),
        ),
    },
    {
      method: 'POST',
      pattern: `${path}/{id}`,
      handle: (request) =>
        withBody(request, advanceSchema, (step) =>
          about(request.params.id, (dispute) => advanceDispute(world, dispute, step)),
        ),
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/take`,
      handle: (request) =>
        withBody(request, takeSchema, ({ fee, hidden }) =>
          about(request.params.id, (dispute) =>
            takeMoney(world, dispute, { fee: toMinor(fee), isHidden: hidden }),
          ),
        ),
    },
    {
      method: 'POST',
      pattern: `${path}/{id}/resolve`,
      handle: (request) =>
        withBody(request, resolveSchema, ({ outcome, fee, hidden }) =>
          about(request.params.id, (dispute) =>
            resolveDispute(world, dispute, outcome, { fee: toMinor(fee), isHidden: hidden }),
          ),
        ),
    },
  ];
}

const toMinor = (amount: number | undefined): bigint | undefined =>
  amount === undefined ? undefined : BigInt(amount);
