import type { HttpReply, HttpRequest } from '../doubles/http-messages';
import { errorReply } from './replies';
import { StripeRefusal } from './stripe-error';

/** Answers that come before any endpoint, in Stripe's error shape. */
export function refuse(status: number, message: string, request: HttpRequest | undefined): HttpReply {
  if (status === 429) {
    const text =
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
    return errorReply(
      new StripeRefusal(429, { type: 'invalid_request_error', code: 'rate_limit', message: text }),
    );
  }
  if ((status === 404 || status === 405) && request) {
    const text = `Unrecognized request URL (${request.method}: ${request.path.slice(0, 200)}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
    return errorReply(new StripeRefusal(404, { type: 'invalid_request_error', message: text }));
  }
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return errorReply(new StripeRefusal(status, { type, message }));
}
