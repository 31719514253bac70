import { type HttpReply, type HttpRequest, headerOf, jsonReply } from '../doubles/http-messages';
import { PayPalError } from './paypal-error';

/** 13 hexadecimal characters, as in real Paypal-Debug-Id headers. */
export type MakeDebugId = () => string;

/** The error as PayPal answers it. */
export function errorReply(error: PayPalError, debugId: string): HttpReply {
  return jsonReply(error.status, error.toBody(debugId), { 'paypal-debug-id': debugId });
}

/** Any JSON value of the request body; an empty body is `{}`. Throws what PayPal answers to anything else. */
export function readJson(request: HttpRequest): unknown {
  const type = headerOf(request, 'content-type');
  if (request.rawBody.length === 0) return {};
  if (type !== undefined && !/^application\/([a-z.+-]*\+)?json\b/i.test(type)) throw new PayPalError(415);
  try {
    return JSON.parse(request.rawBody.toString('utf8'));
  } catch {
    throw PayPalError.invalid('MALFORMED_REQUEST_JSON');
  }
}

/** Whether the caller asked for the whole resource (`Prefer: return=representation`). */
export function wantsRepresentation(request: HttpRequest): boolean {
  return /\breturn=representation\b/i.test(headerOf(request, 'prefer') ?? '');
}

export function requestIdOf(request: HttpRequest): string | undefined {
  return headerOf(request, 'paypal-request-id') || undefined;
}
