import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ApiModel, LambdaIntegration } from '../assembly/model';
import { MAX_PAYLOAD_BYTES, type Outcome } from '../lambda/invocation';
import { listenOnLoopback } from '../ports/listen-on-loopback';
import { answerMock } from './answer-mock';
import { type GatewayRequest, readGatewayRequest } from './gateway-request';
import { gatewayResponse } from './gateway-response';
import { makeProxyEvent, type RequestIdentity } from './make-proxy-event';
import { type GatewayResponse, mapResponse } from './map-response';
import { matchResource, type ResourceMatch } from './match-resource';
import { refuseConnection } from './refuse-connection';

/** One finished request, for the log. */
export type RequestRecord = {
  method: string;
  path: string;
  status: number;
  durationMs: number;
  /** The extended one, by which the functions know it too. */
  requestId: string;
  /** Which function answered, if one was called. */
  functionArn?: string;
};

export type GatewayOptions = {
  /** 0 = any free port. */
  port: number;
  /** Asked for each request: it may still be on its way when the first ones come in. */
  api: () => Promise<ApiModel>;
  invoke: (functionArn: string, event: unknown) => Promise<Outcome>;
  onRequest?: (record: RequestRecord) => void;
  /** Sees each request first and answers true if it has dealt with it: for what is not part of the API. */
  intercept?: (message: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  now?: () => number;
};

export type Gateway = { url: string; port: number; close: () => Promise<void> };

/** A REST API of API Gateway on 127.0.0.1: routes of the template, proxy events, limits and error shapes. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const now = options.now ?? Date.now;
  const server = createServer({ maxHeaderSize: 10_240 }, (message, response) => {
    handle(message, response).catch(() => response.destroy());
  });

  server.on('clientError', (error, socket: Socket) => refuseConnection(error, socket));

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    if (await options.intercept?.(message, response)) return;
    const startedAt = performance.now();
    const identity = newIdentity(now(), message.headers['x-amzn-requestid']);
    const request = await readGatewayRequest(message);
    const path = (message.url ?? '/').split('?')[0] ?? '/';
    const api = await options.api();
    const match =
      request === 'too-long' ? undefined : matchResource(api.routes, request.method, request.path);
    const answer = await respond(request, match, api, identity, path);
    send(response, answer, identity);
    const integration = match?.route.integration;
    options.onRequest?.({
      method: message.method ?? 'GET',
      path,
      status: answer.status,
      durationMs: Math.round(performance.now() - startedAt),
      requestId: identity.extendedRequestId,
      ...(integration?.type === 'lambda' && { functionArn: integration.functionArn }),
    });
  };

  const respond = async (
    request: GatewayRequest | 'too-long',
    match: ResourceMatch | undefined,
    api: ApiModel,
    identity: RequestIdentity,
    path: string,
  ): Promise<GatewayResponse> => {
    if (request === 'too-long') return gatewayResponse('REQUEST_TOO_LARGE', api, identity, path);
    if (!match) return gatewayResponse('MISSING_AUTHENTICATION_TOKEN', api, identity, path);
    const { integration } = match.route;
    if (integration.type === 'mock') return answerMock(integration, request);
    const event = makeProxyEvent(request, match, api, identity);
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_PAYLOAD_BYTES) {
      return gatewayResponse('REQUEST_TOO_LARGE', api, identity, path);
    }
    const outcome = await withTimeout(options.invoke(integration.functionArn, event), integration);
    if (!outcome) return gatewayResponse('INTEGRATION_TIMEOUT', api, identity, path);
    if (outcome.throttled) return gatewayResponse('API_CONFIGURATION_ERROR', api, identity, path);
    const mapped = outcome.functionError ? undefined : mapResponse(outcome.payload);
    return mapped ?? gatewayResponse('INTEGRATION_FAILURE', api, identity, path);
  };

  const port = await listenOnLoopback(server, options.port);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      }),
  };
}

/** The gateway gives up, the function goes on: what it does then still happens. */
async function withTimeout(
  call: Promise<Outcome>,
  { timeoutMs }: LambdaIntegration,
): Promise<Outcome | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const first = await Promise.race([call, timeout]);
  clearTimeout(timer);
  return first;
}

/** @param chosen the caller's `x-amzn-RequestId`, which API Gateway takes for the request's id */
function newIdentity(timeMs: number, chosen: string | string[] | undefined): RequestIdentity {
  const epochSeconds = Math.floor(timeMs / 1000).toString(16);
  return {
    requestId: typeof chosen === 'string' && chosen !== '' ? chosen : randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64').slice(0, 15)}=`,
    traceId: `Root=1-${epochSeconds}-${randomBytes(12).toString('hex')}`,
    timeMs,
  };
}

function send(response: ServerResponse, answer: GatewayResponse, identity: RequestIdentity): void {
  const headers = [
    ...answer.headers,
    ['x-amzn-RequestId', identity.requestId],
    ['x-amz-apigw-id', identity.extendedRequestId],
    ['X-Amzn-Trace-Id', identity.traceId],
    // HEAD would have to say what GET would: not said where it is not known (RFC 9110, 8.6).
    ...(response.req.method === 'HEAD' ? [] : [['Content-Length', String(answer.body.length)]]),
  ];
  response.writeHead(answer.status, headers.flat());
  response.end(answer.body);
}
