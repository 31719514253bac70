import * as z from 'zod/mini';
import { defineContract } from '#shared/kernel/route';

/** Stripe's largest events are some tens of kilobytes. */
const MAX_BODY_BYTES = 262_144;

/** A change names one id. */
const MAX_CHANGE_BYTES = 4_096;

const accepted = z.object({ success: z.literal(true) });

const answers = [
  'webhook_signature_invalid',
  'webhook_timestamp_out_of_tolerance',
  'webhook_body_invalid',
  'payload_too_large',
  'queue_unavailable',
  'provider_not_configured',
] as const;

/**
 * Where the providers deliver their events, and our database its changes. Answers 200 only once the event lies in the queue;
 * 4xx means that another attempt with the same request cannot succeed, 5xx that one should be made.
 */
export const webhookContract = defineContract({
  receiveStripe: {
    method: 'POST',
    path: '/api/payments/webhook/stripe',
    summary: 'Receives a Stripe event',
    auth: 'signature',
    rateLimits: [],
    rawBody: true,
    maxBodyBytes: MAX_BODY_BYTES,
    headers: { 'stripe-signature': 't=<unix seconds>,v1=<hex HMAC-SHA256 over "<t>.<body>">' },
    success: { status: 200, body: accepted },
    errors: [...answers, 'webhook_wrong_mode'],
  },
  receivePayPal: {
    method: 'POST',
    path: '/api/payments/webhook/paypal',
    summary: 'Receives a PayPal event',
    auth: 'signature',
    rateLimits: [],
    rawBody: true,
    maxBodyBytes: MAX_BODY_BYTES,
    headers: {
      'paypal-transmission-id': 'Id of this delivery',
      'paypal-transmission-time': 'When it was sent, RFC 3339',
      'paypal-transmission-sig': 'RSA signature over "<id>|<time>|<webhook id>|<crc32 of the body>", base64',
      'paypal-cert-url': 'Where the certificate of the signer is',
      'paypal-auth-algo': 'SHA256withRSA',
    },
    success: { status: 200, body: accepted },
    errors: [...answers, 'webhook_verification_unavailable'],
  },
  receiveChange: {
    method: 'POST',
    path: '/api/payments/webhook/supabase',
    summary: 'Receives a change in the database',
    auth: 'signature',
    rateLimits: [],
    rawBody: true,
    maxBodyBytes: MAX_CHANGE_BYTES,
    headers: {
      'webhook-id': 'Id of the change',
      'webhook-timestamp': 'When it was sent, unix seconds',
      'webhook-signature': 'v1,<base64 HMAC-SHA256 over "<id>.<timestamp>.<body>">',
    },
    success: { status: 200, body: accepted },
    errors: answers,
  },
});
