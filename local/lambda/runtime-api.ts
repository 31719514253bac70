import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../ports/listen-on-loopback';
import { type Invocation, MAX_PAYLOAD_BYTES } from './invocation';

/** What the process of one instance tells through the Runtime API. */
export type RuntimeEvents = {
  /** The process asks for work: it is initialised and idle. */
  onReady: () => void;
  onResponse: (requestId: string, payload: string) => void;
  onError: (requestId: string, payload: string) => void;
  onTooLarge: (requestId: string) => void;
  /** Loading the handler failed; the process ends by itself. */
  onInitError: (payload: string) => void;
};

export type RuntimeApi = {
  /** `host:port` for AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Gives work to the process, which must be waiting (see onReady). */
  deliver: (invocation: Invocation, functionArn: string) => void;
  /** Ends all connections. */
  close: () => void;
};

const PREFIX = '/2018-06-01/runtime/';

/** The server side of the Lambda Runtime API (2018-06-01) for one function process. */
export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
    if (request.method === 'GET' && path === 'invocation/next') {
      waiting = response;
      events.onReady();
      return;
    }
    readBody(request).then(
      (body) => accept(path, body, response),
      () => response.destroy(),
    );
  });

  const accept = (path: string, body: string | undefined, response: ServerResponse) => {
    const [, requestId = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    // The answer goes out first: the process may then ask for the next event while this one is handled.
    const reply = (status: number) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (body === undefined) {
      reply(413);
      events.onTooLarge(requestId);
    } else if (kind) {
      reply(202);
      (kind === 'response' ? events.onResponse : events.onError)(requestId, body);
    } else if (path === 'init/error') {
      reply(202);
      events.onInitError(body);
    } else {
      reply(404);
    }
  };

  const port = await listenOnLoopback(server, 0);
  return {
    address: `127.0.0.1:${port}`,
    deliver: (invocation, functionArn) => {
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': invocation.requestId,
        'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
        'lambda-runtime-invoked-function-arn': functionArn,
        'lambda-runtime-trace-id': invocation.traceId,
      };
      if (invocation.fault) headers['tandem-fault'] = JSON.stringify(invocation.fault);
      waiting?.writeHead(200, headers).end(invocation.event);
      waiting = undefined;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The body as text; undefined when it is over the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_PAYLOAD_BYTES) chunks.push(chunk);
  }
  return size > MAX_PAYLOAD_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}
