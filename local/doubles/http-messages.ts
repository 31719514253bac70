import type { IncomingHttpHeaders } from 'node:http';

/** A request as the doubles see it: the body is the exact bytes received. */
export interface HttpRequest {
  method: string;
  /** Path without query, percent-encoding untouched. */
  path: string;
  query: URLSearchParams;
  /** Text after `?`, undecoded. */
  rawQuery: string;
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  rawBody: Buffer;
  /** Set when an endpoint-layer fault rule hit; the double obeys it below its idempotency layer. */
  endpointFault?: EndpointFault;
}

/**
 * What an endpoint-layer fault rule asks of the double, while it holds the request's idempotency key:
 * to wait, or to fail in a way that it stores and replays where its rules say so.
 */
export type EndpointFault =
  | { delayMs: number }
  | {
      status: number;
      /** Undefined = the double's own error shape. */
      body: string | undefined;
      headers: Record<string, string>;
      /** Do the work first, then answer the failure. */
      afterActing: boolean;
    };

export interface HttpReply {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** A JSON answer. */
export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** A header's single value; of a repeated header the first. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * The body as a JSON object; an empty body is `{}`.
 * @returns undefined when it is not valid JSON or not an object.
 */
export function readJsonBody(request: HttpRequest): Record<string, unknown> | undefined {
  if (request.rawBody.length === 0) return {};
  try {
    const value: unknown = JSON.parse(request.rawBody.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
