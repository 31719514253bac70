import * as z from 'zod/mini';

/**
 * The one message between the webhook service and the reconciler. Its signature has been verified; it is still only a
 * hint: a Stripe body is trusted for facts because Stripe signs all of it, a PayPal body only for ids, because PayPal
 * signs no more than a CRC32 of it.
 */
export const providerEventSchema = z.strictObject({
  version: z.literal(1),
  provider: z.enum(['stripe', 'paypal']),
  /** The provider's event id (`evt_…`, `WH-…`): unique with `provider`. */
  eventId: z.string().check(z.minLength(1), z.maxLength(255)),
  eventType: z.string().check(z.minLength(1), z.maxLength(255)),
  mode: z.enum(['live', 'test']),
  /** Stripe's connected account, if the event names one. */
  account: z.nullable(z.string()),
  /** When our endpoint received it, ISO 8601. */
  receivedAt: z.iso.datetime(),
  /** SHA-256 of the bytes as received, hex; null for an event that was listed, not delivered. */
  sha256: z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  /** PayPal's transmission id; null for Stripe. */
  transmissionId: z.nullable(z.string()),
  /** The event's JSON text, without secrets and personal data. */
  body: z.string(),
  /** Set where an operator sent a stored event again. */
  replay: z.optional(z.literal(true)),
});

export type ProviderEventMessage = z.infer<typeof providerEventSchema>;
