import * as z from 'zod/mini';
import { type HttpReply, jsonReply } from '../doubles/http-messages';
import type { Route } from '../doubles/route-table';
import { withBody } from '../doubles/with-body';
import { PayPalError } from './paypal-error';
import { settleRefund } from './refund-capture';
import { renderCaptureResource, renderRefund } from './render-payment';
import { settleCapture } from './settle-capture';
import type { World } from './world';

const count = z._default(z.number().check(z.int(), z.minimum(1), z.maximum(100_000)), 1);
const milliseconds = z.number().check(z.int(), z.minimum(0));

const captureStatusSchema = z.strictObject({
  status: z.enum(['COMPLETED', 'DECLINED', 'PENDING', 'REVERSED']),
  reason: z.optional(z.string()),
  hidden: z.optional(z.boolean()),
});
const refundStatusSchema = z.strictObject({
  status: z.enum(['PENDING', 'COMPLETED', 'FAILED', 'CANCELLED']),
});
const captureRuleSchema = z.strictObject({
  orderId: z.optional(z.string()),
  outcome: z.enum(['PENDING', 'DECLINED', 'FAILED', 'ERROR']),
  reason: z.optional(z.string()),
  settleAfterMs: z.optional(milliseconds),
  settleAs: z._default(z.enum(['COMPLETED', 'DECLINED']), 'COMPLETED'),
  times: count,
});
const refundRuleSchema = z.strictObject({
  captureId: z.optional(z.string()),
  status: z.enum(['PENDING', 'FAILED']),
  times: count,
});

/**
 * PayPal's part of the control API.
 *
 * | Request | Does |
 * |---|---|
 * | POST /_control/paypal/captures/{id} | `{status: COMPLETED, DECLINED, PENDING or REVERSED, reason?, hidden?}`: settles a pending capture, or reverses a completed one (a chargeback with `reason: CHARGEBACK`; `hidden`: the order does not list it); `{changed, capture}` |
 * | POST /_control/paypal/refunds/{id} | `{status: COMPLETED, FAILED or CANCELLED}`: settles a pending refund, or returns a completed one (FAILED); `{changed, refund}` |
 * | POST /_control/paypal/rules/captures | `{outcome, orderId?, reason?, settleAfterMs?, settleAs?, times?}`: what the next captures become; ERROR answers the issue in `reason` (INSTRUMENT_DECLINED) and captures nothing |
 * | POST /_control/paypal/rules/refunds | `{status: PENDING or FAILED, captureId?, times?}`: what the next refunds become |
 * | GET, DELETE /_control/paypal/rules | both lists; forgets them |
 * | DELETE /_control/paypal/tokens | ends every access token |
 * | POST /_control/paypal/disputes ... | see `disputeControlRoutes` |
 * | POST /_control/paypal/forge | see `forgeRoutes` |
 * | GET /_control/paypal/trust | `{trust_root_pem, cert_origin, cert_url}` |
 */
export function controlRoutes(
  world: World,
  changed: () => void,
  trust: () => Record<string, string>,
): Route[] {
  const { state } = world;

  /** Control errors are plain: what went wrong, in one line. */
  function change(act: () => HttpReply): HttpReply {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof PayPalError)) throw error;
      return jsonReply(error.status, { error: error.message });
    } finally {
      changed();
    }
  }

  return [
    {
      method: 'POST',
      pattern: '/_control/paypal/captures/{id}',
      handle: (request) =>
        withBody(request, captureStatusSchema, ({ status, reason, hidden }) =>
          change(() => {
            const id = request.params.id ?? '';
            const moved = settleCapture(world, id, status, reason, hidden);
            const capture = state.captures.get(id);
            return jsonReply(200, {
              changed: moved,
              capture: capture && renderCaptureResource(world, capture),
            });
          }),
        ),
    },
    {
      method: 'POST',
      pattern: '/_control/paypal/refunds/{id}',
      handle: (request) =>
        withBody(request, refundStatusSchema, ({ status }) =>
          change(() => {
            const id = request.params.id ?? '';
            const moved = settleRefund(world, id, status);
            const refund = state.refunds.get(id);
            return jsonReply(200, { changed: moved, refund: refund && renderRefund(world, refund) });
          }),
        ),
    },
    {
      method: 'POST',
      pattern: '/_control/paypal/rules/captures',
      handle: (request) =>
        withBody(request, captureRuleSchema, ({ times, ...rule }) =>
          change(() => {
            const { orderId, reason, settleAfterMs } = rule;
            const full = { ...rule, orderId, reason, settleAfterMs };
            state.captureRules.push(...Array.from({ length: times }, () => full));
            return jsonReply(200, { captures: state.captureRules.length });
          }),
        ),
    },
    {
      method: 'POST',
      pattern: '/_control/paypal/rules/refunds',
      handle: (request) =>
        withBody(request, refundRuleSchema, ({ times, status, captureId }) =>
          change(() => {
            state.refundRules.push(...Array.from({ length: times }, () => ({ status, captureId })));
            return jsonReply(200, { refunds: state.refundRules.length });
          }),
        ),
    },
    {
      method: 'GET',
      pattern: '/_control/paypal/rules',
      handle: () => jsonReply(200, { captures: state.captureRules, refunds: state.refundRules }),
    },
    {
      method: 'DELETE',
      pattern: '/_control/paypal/rules',
      handle: () =>
        change(() => {
          state.captureRules = [];
          state.refundRules = [];
          return jsonReply(200, { ok: true });
        }),
    },
    {
      method: 'DELETE',
      pattern: '/_control/paypal/tokens',
      handle: () =>
        change(() => {
          state.tokens.clear();
          return jsonReply(200, { ok: true });
        }),
    },
    { method: 'GET', pattern: '/_control/paypal/trust', handle: () => jsonReply(200, trust()) },
  ];
}
