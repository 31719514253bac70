import type { IncomingMessage } from 'node:http';

/** A request as it came over the wire. */
export type GatewayRequest = {
  method: string;
  /** Path as sent, percent-encoded. */
  path: string;
  /** Query string without the question mark. */
  query: string;
  /** Header names and values in the order and the case in which they came. */
  headers: [name: string, value: string][];
  body: Buffer;
  sourceIp: string;
  /** Port that the gateway listens on. */
  port: number;
  httpVersion: string;
};

/** API Gateway's quota for a request body, in bytes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Reads a request; `'too-long'` when the body is over the quota (the rest is not kept). */
export async function readGatewayRequest(message: IncomingMessage): Promise<GatewayRequest | 'too-long'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) return 'too-long';
  // A client may name the whole address (RFC 9112, 3.2.2); whose it is, the connection has decided.
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '') || '/';
  const mark = target.indexOf('?');
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.push([message.rawHeaders[i] ?? '', message.rawHeaders[i + 1] ?? '']);
  }
  return {
    method: message.method ?? 'GET',
    path: (mark < 0 ? target : target.slice(0, mark)).replace(/^\/{2,}/, '/'),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    body: Buffer.concat(chunks),
    sourceIp: (message.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    port: message.socket.localPort ?? 0,
    httpVersion: message.httpVersion,
  };
}
