import type { ServerResponse } from 'node:http';
import type { HttpReply } from './http-messages';

/** Sends an answer; does nothing when the connection is already gone. */
export function writeReply(response: ServerResponse, reply: HttpReply): void {
  if (response.destroyed || response.writableEnded) return;
  const body = Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(reply.body ?? '', 'utf8');
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.setHeader('content-length', body.length);
  response.end(body);
}
