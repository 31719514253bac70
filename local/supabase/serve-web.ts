import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** A handler of the Web platform: Request in, Response out. */
export type WebHandler = (request: Request, peerAddress: string | null) => Promise<Response>;

/** Serves a Web handler over node:http on 127.0.0.1 and answers the server once it listens. */
export function serveWeb(port: number, handler: WebHandler): Promise<Server> {
  const server = createServer((message, response) => {
    answer(message, response, handler).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  handler: WebHandler,
): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const item of Array.isArray(value) ? value : [value ?? '']) headers.append(name, item);
  }
  const hasBody = message.method !== 'GET' && message.method !== 'HEAD';
  const request = new Request(`http://${message.headers.host ?? '127.0.0.1'}${message.url ?? '/'}`, {
    method: message.method ?? 'GET',
    headers,
    ...(hasBody && { body: Readable.toWeb(message) as ReadableStream, duplex: 'half' }),
  });
  const result = await handler(request, message.socket.remoteAddress ?? null);
  const cookies = result.headers.getSetCookie();
  const plain = [...result.headers].filter(([name]) => name !== 'set-cookie');
  response.writeHead(result.status, [
    ...plain.flat(),
    ...cookies.flatMap((cookie) => ['set-cookie', cookie]),
  ]);
  if (result.body) Readable.fromWeb(result.body as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
  else response.end();
}
