import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type AnyHandler, type Dispatched, makeDispatch } from '#shared/http/dispatch';
import type { CallLimiter } from '#shared/http/limit-call';
import { renderError, toAppError } from '#shared/http/render-error';
import {
  type Authenticate,
  type HandlersOf,
  readHeader,
  readRequest,
  readRequestId,
} from '#shared/http/request';
import { SECURITY_HEADERS } from '#shared/http/security-headers';
import { retryStart } from '#shared/kernel/retry-start';
import type { Contract } from '#shared/kernel/route';
import { describeError } from '#shared/observability/describe-error';
import type { Log } from '#shared/observability/logger';
import { maskPath } from '#shared/observability/mask-path';

export interface HttpService<C extends Contract> {
  readonly contract: C;
  readonly handlers: HandlersOf<C>;
  readonly authenticate: Authenticate;
  readonly allowedOrigins: readonly string[];
  /** Absent where no route has limits. */
  readonly limiter?: CallLimiter;
}

export interface HttpHandlerOptions<C extends Contract> {
  /**
   * Makes the service at init; awaited by the first request, so that a failure answers instead of crashing. Given as a
   * function, a failed start is tried again by the next request.
   */
  readonly service: Promise<HttpService<C>> | (() => Promise<HttpService<C>>);
  readonly log: Log;
}

export type HttpHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * The one middleware stack of every HTTP function. middy runs `after` and `onError` in reverse order of `use`, so the
 * renderer stands first: by the time it runs, the request log has seen the original error.
 */
export const httpHandler = <C extends Contract>({ service, log }: HttpHandlerOptions<C>): HttpHandler => {
  let allowedOrigins: readonly string[] = [];
  const noted = new WeakMap<object, Readonly<Record<string, string>>>();
  const ready = retryStart(async () => {
    const made = await (typeof service === 'function' ? service() : service);
    allowedOrigins = made.allowedOrigins;
    return makeDispatch({
      ...made,
      handlers: made.handlers as unknown as Readonly<Record<string, AnyHandler>>,
    });
  });

  const handle = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const dispatch = await ready();
    const note = (headers: Readonly<Record<string, string>>) => {
      noted.set(event, { ...noted.get(event), ...headers });
    };
    return renderSuccess(await dispatch(readRequest(event), note), event);
  };

  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(
      answerHeaders(
        () => allowedOrigins,
        (event) => noted.get(event),
      ),
    )
    .use(problemDetails())
    .use(requestLog(log))
    .handler(handle) as unknown as HttpHandler;
};

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** Headers of ours that a page of another origin may read. */
const EXPOSED_HEADERS = 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';

/**
 * Headers that every answer carries, good or bad: security, request id, CORS for the origins we know, and what was noted
 * about the request on its way.
 */
const answerHeaders = (
  allowedOrigins: () => readonly string[],
  noted: (event: APIGatewayProxyEvent) => Readonly<Record<string, string>> | undefined,
): Middleware => {
  const add = (event: APIGatewayProxyEvent, response: APIGatewayProxyResult): void => {
    const origin = readHeader(event, 'origin');
    const cors: Record<string, string> =
      origin !== undefined && allowedOrigins().includes(origin)
        ? {
            'access-control-allow-origin': origin,
            'access-control-allow-credentials': 'true',
            'access-control-expose-headers': EXPOSED_HEADERS,
            vary: 'Origin',
          }
        : { vary: 'Origin' };
    response.headers = {
      ...SECURITY_HEADERS,
      'x-request-id': readRequestId(event),
      ...cors,
      ...noted(event),
      ...response.headers,
    };
  };
  return {
    after: async ({ event, response }) => {
      if (response) add(event, response);
    },
    onError: async ({ event, response }) => {
      if (response) add(event, response);
    },
  };
};

const problemDetails = (): Middleware => ({
  onError: async (request) => {
    const { event } = request;
    // What a client put into its path is none of those who read errors: they are pasted into tickets.
    const { status, headers, problem } = renderError(toAppError(request.error), {
      path: maskPath(event.path ?? ''),
      requestId: readRequestId(event),
    });
    const body = event.httpMethod === 'HEAD' ? '' : JSON.stringify(problem);
    request.response = { statusCode: status, headers, body };
  },
});

const requestLog = (log: Log): Middleware => {
  const started = new WeakMap<object, number>();
  const line = (event: APIGatewayProxyEvent) => ({
    requestId: readRequestId(event),
    method: event.httpMethod,
    path: maskPath(event.path ?? ''),
    durationMs: Math.round(performance.now() - (started.get(event) ?? performance.now())),
  });
  return {
    before: async ({ event }) => {
      started.set(event, performance.now());
    },
    after: async ({ event, response }) => {
      log.info('request', { ...line(event), status: response?.statusCode });
    },
    onError: async ({ event, error }) => {
      const appError = toAppError(error);
      const entry = { ...line(event), status: appError.status, code: appError.code };
      if (appError.status >= 500) log.error('request failed', { ...entry, error: describeError(error) });
      else log.info('request', entry);
    },
  };
};

const renderSuccess = (
  { status, response }: Dispatched,
  event: APIGatewayProxyEvent,
): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...response.headers },
  ...(response.cookies === undefined ? {} : { multiValueHeaders: { 'set-cookie': [...response.cookies] } }),
  body: event.httpMethod === 'HEAD' || status === 204 ? '' : JSON.stringify(response.body),
});
