import * as z from 'zod/mini';

/**
 * Stripe's objects, as far as facts need them: only that is looked at, so that new fields and API versions pass, and
 * only that is kept: a parsed object holds no personal data and no secret.
 * Sources: docs.stripe.com/api/payment_intents/object, /charges/object, /refunds/object.
 */
export const id = z.string().check(z.regex(/^[\w-]{1,255}$/));
const amount = z.int().check(z.nonnegative());
export const currency = z.string().check(z.regex(/^[a-z]{3}$/));
/** An object we hold by id, or the object itself where it was expanded. */
export const reference = z.union([id, z.object({ id })]);
export const metadata = z.optional(
  z.nullable(z.object({ payment_id: z.optional(z.string()), call_key: z.optional(z.string()) })),
);

const balanceTransaction = z.object({ id, fee: amount, currency });

export const stripeRefund = z.object({
  object: z.literal('refund'),
  id,
  status: z.nullable(z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled'])),
  amount,
  currency,
  charge: z.optional(z.nullable(reference)),
  payment_intent: z.optional(z.nullable(reference)),
  metadata,
});

export const stripeCharge = z.object({
  object: z.literal('charge'),
  id,
  status: z.enum(['succeeded', 'pending', 'failed']),
  captured: z.boolean(),
  amount,
  amount_captured: amount,
  currency,
  /** Whether somebody disputes it, or did: then there are disputes to look at. */
  disputed: z.optional(z.nullable(z.boolean())),
  payment_intent: z.optional(z.nullable(reference)),
  metadata,
  balance_transaction: z.optional(z.nullable(z.union([id, balanceTransaction]))),
  // A refund that cannot be read is left out here; its own event fails aloud.
  refunds: z.optional(z.nullable(z.object({ data: z.array(z.catch(z.nullable(stripeRefund), null)) }))),
});

export const stripePaymentIntent = z.object({
  object: z.literal('payment_intent'),
  id,
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'canceled',
    'succeeded',
  ]),
  amount,
  amount_received: amount,
  currency,
  metadata,
  latest_charge: z.optional(z.nullable(z.union([id, stripeCharge]))),
  last_payment_error: z.optional(
    z.nullable(z.object({ code: z.optional(z.string()), decline_code: z.optional(z.nullable(z.string())) })),
  ),
});
