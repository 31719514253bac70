import type { HttpReply } from '../doubles/http-messages';
import type { StripeErrorBody, StripeRefusal } from './stripe-error';

/** Browsers may call with a publishable key from any page, as stripe.js does. */
const openToBrowsers = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, stripe-version',
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-expose-headers': 'request-id, stripe-version',
};

export function stripeReply(status: number, body: string, headers: Record<string, string> = {}): HttpReply {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache, no-store',
      ...openToBrowsers,
      ...headers,
    },
    body,
  };
}

/** A refusal in Stripe's shape, with the links it adds. */
export function errorReply(refusal: StripeRefusal, headers: Record<string, string> = {}): HttpReply {
  const { status, body } = refusal;
  const error: StripeErrorBody & Record<string, unknown> = { ...body };
  if (body.code) error.doc_url = `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}`;
  const requestId = headers['request-id'];
  if (requestId && status !== 401) {
    error.request_log_url = `https://dashboard.stripe.com/test/logs/${requestId}`;
  }
  const noRetry: Record<string, string> = status >= 500 ? { 'stripe-should-retry': 'false' } : {};
  return stripeReply(status, JSON.stringify({ error }, null, 2), {
    ...noRetry,
    ...headers,
    ...refusal.headers,
  });
}

/** Answer to a browser's preflight. */
export const preflightReply: HttpReply = { status: 204, headers: openToBrowsers };
