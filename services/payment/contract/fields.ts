import * as z from 'zod/mini';

/** Amounts are integers in ISO 4217 minor units of `currency`: 1999 is 19.99 USD, 1500 is 1500 JPY. */
export const amount = z.int().check(z.positive(), z.lte(99_999_999));
/** What a price may be that the catalogue fixes, and so a payment: more than a client may name (a million rupiah has 8 zeros). */
export const fixedAmount = z.int().check(z.positive(), z.lte(999_999_999_999));
export const currency = z.string().check(z.regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in capitals'));
export const uuid = z.uuid();
export const provider = z.enum(['stripe', 'paypal']);
export const status = z.enum([
  'created',
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'partially_refunded',
  'refunded',
  'reversed',
  'failed',
  'canceled',
  'expired',
]);

export const disputeStatus = z.enum([
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'prevented',
  'won',
  'lost',
]);

/** `evt_…`, `WH-…`, `obs_…`. Unique for each provider: where both have one of an id, say whose. */
export const eventId = z.string().check(z.regex(/^[\w.-]{1,255}$/));
export const whoseEvent = z.strictObject({ provider: z.optional(provider) });
export const eventCursor = z.string().check(z.regex(/^[\w-]{1,500}$/));
export const moment = z.iso.datetime({ offset: true });
/** held: about a payment we do not have yet. review: contradicts what we know. dismissed: somebody has looked at that. */
export const eventOutcome = z.enum(['applied', 'ignored', 'held', 'review', 'dismissed']);

export const idempotencyHeader = {
  'Idempotency-Key':
    'Any 1 to 255 visible characters, best a UUID. The same key with the same body repeats the first answer.',
};
