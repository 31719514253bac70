import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';
import { payment, settled } from './answers';
import { amount, currency, fixedAmount, idempotencyHeader, provider } from './fields';

/** What can be bought, and buying it. */
export const purchaseRoutes = defineContract({
  listPrices: {
    method: 'GET',
    path: '/api/payments/prices',
    summary: 'What can be bought',
    auth: 'user',
    rateLimits: [{ per: 'user', limit: 120, windowSeconds: 60 }],
    success: {
      status: 200,
      body: z.object({
        success: z.literal(true),
        prices: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            description: z.nullable(z.string()),
            currency,
            /** Null where the client names the amount, between `min_amount` and `max_amount`. */
            amount: z.nullable(fixedAmount),
            min_amount: z.nullable(amount),
            max_amount: z.nullable(amount),
          }),
        ),
      }),
    },
    errors: [],
  },
  createIntent: {
    method: 'POST',
    path: '/api/payments/create-intent',
    summary: 'Start a payment: a Stripe payment intent or a PayPal order',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 20, windowSeconds: 60 }],
    headers: idempotencyHeader,
    body: z.strictObject({
      provider,
      /** An id of the catalogue. */
      price: z.string().check(z.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
      /** Only for prices that take an amount of the payer's choice. */
      amount: z.optional(amount),
      /** If given, must be the price's own: a client that believes otherwise must not charge anybody. */
      currency: z.optional(currency),
    }),
    success: {
      status: 201,
      body: z.object({
        success: z.literal(true),
        payment,
        /** Stripe: for stripe.js. */
        client_secret: z.optional(z.string()),
        payment_intent_id: z.optional(z.string()),
        /** PayPal: where to send the payer, and what to confirm afterwards. */
        approve_url: z.optional(z.string()),
        order_id: z.optional(z.string()),
      }),
    },
    errors: [
      'price_not_found',
      'amount_not_allowed',
      'currency_not_supported',
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_key_in_flight',
      'payment_ended',
      'provider_rejected',
      'provider_unavailable',
      'provider_outcome_unknown',
      'provider_not_configured',
    ],
  },
  confirmStripe: {
    method: 'POST',
    path: '/api/payments/confirm-stripe',
    summary: 'Settle a Stripe payment now instead of waiting for its webhook',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    body: z.strictObject({ payment_intent_id: z.string().check(z.regex(/^pi_\w{1,250}$/)) }),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_mismatch',
      'provider_rejected',
      'provider_unavailable',
      'provider_not_configured',
    ],
  },
  confirmPaypal: {
    method: 'POST',
    path: '/api/payments/confirm-paypal',
    summary: 'Capture an approved PayPal order',
    auth: 'user',
    liveSession: true,
    rateLimits: [{ per: 'user', limit: 30, windowSeconds: 60 }],
    body: z.strictObject({ order_id: z.string().check(z.regex(/^[A-Z0-9-]{1,36}$/)) }),
    success: { status: 200, body: settled },
    errors: [
      'payment_not_found',
      'payment_not_approved',
      'payment_declined',
      'payment_mismatch',
      'provider_rejected',
      'provider_unavailable',
      'provider_not_configured',
    ],
  },
});
