import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebHandler } from './serve-web';

const PREFIX = '/realtime/v1/';

/** Passes the sockets of Realtime's clients on to its own process: a project has one address. */
export function relayRealtimeSockets(server: Server, port: number): void {
  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy());
    if (!request.url?.startsWith(PREFIX)) return void client.end('HTTP/1.1 404 Not Found\r\n\r\n');
    const realtime = connect({ port, host: '127.0.0.1', noDelay: true });
    realtime.once('connect', () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      }
      realtime.write(`${lines.join('\r\n')}\r\n\r\n`);
      realtime.write(head);
      client.pipe(realtime).pipe(client);
    });
    // It restarts, perhaps: the client tries again.
    realtime.once('error', () => client.destroy());
    realtime.once('close', () => client.destroy());
    client.once('close', () => realtime.destroy());
  });
}

/** Passes requests below /realtime/v1/ on to Realtime's own process. */
export function forwardRealtime(port: number, next: WebHandler): WebHandler {
  return async (request, peerAddress) => {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith(PREFIX)) return next(request, peerAddress);
    const headers = new Headers(request.headers);
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    try {
      return await fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
        method: request.method,
        headers,
        ...(hasBody && { body: await request.arrayBuffer() }),
      });
    } catch {
      return Response.json({ message: 'Realtime is not reachable' }, { status: 503 });
    }
  };
}
