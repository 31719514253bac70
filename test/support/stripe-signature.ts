import { createHmac } from 'node:crypto';

/** The endpoint secret of the tests. */
export const STRIPE_TEST_SECRET = 'whsec_test_k2J8v0pQ4nYb6sTz';

/** `v1` for a body as Stripe computes it. */
export const stripeV1 = (body: string | Uint8Array, secret: string, timestamp: number | string): string =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

/**
 * A genuine `Stripe-Signature` header.
 *
 * @param at seconds since 1970
 */
export const signStripe = (
  body: string | Uint8Array,
  { secret = STRIPE_TEST_SECRET, at }: { readonly secret?: string; readonly at: number },
): string => `t=${at},v1=${stripeV1(body, secret, at)}`;
