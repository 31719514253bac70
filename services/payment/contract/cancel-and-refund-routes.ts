import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { payment, settled } from './answers';
import { fixedAmount, idempotencyHeader, uuid } from './fields';

/** Ending a payment before its money moves, and giving money back after. */
export const cancelAndRefundRoutes = defineContract({
  cancelPayment: {
    method: 'POST',
    path: '/api/payments/{id}/cancel',
    summary: 'Cancel an own payment that has not been paid; answers how it then stands, which may be paid',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    headers: idempotencyHeader,
    params: z.strictObject({ id: uuid }),
    body: z.strictObject({}),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_not_cancelable',
      'payment_mismatch',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'provider_not_configured',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
    ],
  },
  refundPayment: {
    method: 'POST',
    path: '/api/payments/{id}/refund',
    summary: 'Give money back, all that is left or a part',
    auth: 'admin',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    headers: idempotencyHeader,
    params: z.strictObject({ id: uuid }),
    body: z.strictObject({
      /** Default: all that has been captured and not refunded. */
      amount: z.optional(fixedAmount),
    }),
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        payment,
        refund: z.object({ id: z.string(), amount: fixedAmount }),
      }),
    },
    errors: [
      'payment_not_found',
      'payment_not_refundable',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
      'provider_not_configured',
    ],
  },
});
