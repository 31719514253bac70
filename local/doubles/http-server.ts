import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../ports/listen-on-loopback';
import { answerWithFault } from './apply-fault';
import type { FaultRules } from './faults';
import { type HttpReply, type HttpRequest, jsonReply } from './http-messages';
import { writeReply } from './write-reply';

export interface HttpServerOptions {
  /** 0 = any free port. */
  port: number;
  handle: (request: HttpRequest) => HttpReply | Promise<HttpReply>;
  /** Rules that make endpoints fail; `/_control` is exempt. */
  faults?: FaultRules;
  /** Answer for a request the double could not take: a body over the cap, an unreadable URL, a thrown error. */
  refuse?: (status: number, message: string, request: HttpRequest | undefined) => HttpReply;
  /** Called after every request that reached `handle` or a fault; `status` 0 = the connection was cut. */
  onAnswered?: (request: HttpRequest, status: number, ms: number) => void;
  /** Default 1 MiB. */
  maxBodyBytes?: number;
}

export interface HttpServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** A loopback HTTP server that survives any input: garbage is answered 4xx, a bug in a handler 500. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({ keepAliveTimeout: 30_000 }, (incoming, response) => {
    serve(incoming, response, options).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  const port = await listenOnLoopback(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  const startedMs = performance.now();
  const refuse = options.refuse ?? ((status, message) => jsonReply(status, { error: message }));
  const rawBody = await readBody(incoming, options.maxBodyBytes ?? 2 ** 20);
  if (rawBody === 'too-large') {
    response.setHeader('connection', 'close');
    return writeReply(response, refuse(413, 'Request body too large.', undefined));
  }
  const target = incoming.url ?? '/';
  if (!target.startsWith('/'))
    return writeReply(response, refuse(400, 'Unreadable request target.', undefined));
  const [path = '/', ...queryParts] = target.split('?');
  const rawQuery = queryParts.join('?');
  const request: HttpRequest = {
    method: incoming.method ?? 'GET',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    params: Object.create(null),
    headers: incoming.headers,
    rawBody,
  };
  const act = async () => {
    try {
      return await options.handle(request);
    } catch (error) {
      return refuse(500, error instanceof Error ? error.message : 'unknown failure', request);
    }
  };
  const refuseInjected = (failure: number) => refuse(failure, 'Injected by a fault rule.', request);
  const fault = path.startsWith('/_control') ? undefined : options.faults?.take(request.method, path);
  if (fault?.layer === 'endpoint') request.endpointFault = fault.endpointFault;
  const status =
    fault?.layer === 'edge'
      ? await answerWithFault(fault.action, act, refuseInjected, response)
      : await act().then((reply) => {
          writeReply(response, reply);
          return reply.status;
        });
  options.onAnswered?.(request, status, Math.round(performance.now() - startedMs));
}

async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    // What is over the cap is read and dropped, so that the sender gets to see the 413.
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > maxBytes * 16) return 'too-large';
  }
  return size > maxBytes ? 'too-large' : Buffer.concat(chunks);
}
