import type * as z from 'zod/mini';
import type { stripePaymentIntent } from './stripe-objects';

/**
 * What Stripe asks to keep from whoever pays, who may be the thief, and to show as any other decline
 * (docs.stripe.com/declines/codes). Operators find it in the event as it came, and at Stripe.
 */
const NOT_FOR_PAYERS: ReadonlySet<string> = new Set([
  'fraudulent',
  'lost_card',
  'merchant_blacklist',
  'stolen_card',
]);

/** Why the last attempt to pay failed, as the payment's user may see it; null for none. */
export const errorCodeForPayer = (
  error: z.infer<typeof stripePaymentIntent>['last_payment_error'],
): string | null => {
  const code = error?.decline_code ?? error?.code ?? null;
  return code !== null && NOT_FOR_PAYERS.has(code) ? 'generic_decline' : code;
};
