import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { HttpHandler } from '#shared/http/http-handler';

export interface ApiRequest {
  readonly method?: string;
  readonly path: string;
  /** One value or several of each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A string or bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly sourceIp?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** A request as API Gateway's REST API hands it to a function. */
export const apiEvent = (request: ApiRequest): APIGatewayProxyEvent => {
  const { method = request.body === undefined ? 'GET' : 'POST', path, body } = request;
  const raw = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  const given = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...request.headers,
  };
  for (const [name, value] of Object.entries(given)) {
    const values = typeof value === 'string' ? [value] : [...value];
    headers[name] = values.at(-1) ?? '';
    multiValueHeaders[name] = values;
  }
  return {
    httpMethod: method,
    path,
    resource: '/{proxy+}',
    headers,
    multiValueHeaders,
    queryStringParameters: request.query === undefined ? null : { ...request.query },
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: Buffer.isBuffer(body) ? body.toString('base64') : raw,
    isBase64Encoded: Buffer.isBuffer(body),
    requestContext: {
      requestId: 'chosen by the caller',
      extendedRequestId: 'request-1',
      identity: { sourceIp: request.sourceIp ?? '203.0.113.7' },
    },
  } as unknown as APIGatewayProxyEvent;
};

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** Calls a handler with a request and reads what it answers. */
export const call = async (handler: HttpHandler, request: ApiRequest): Promise<ApiAnswer> => {
  const result: APIGatewayProxyResult = await handler(apiEvent(request), {} as Context);
  return {
    status: result.statusCode,
    headers: result.headers ?? {},
    cookies: (result.multiValueHeaders?.['set-cookie'] ?? []).map(String),
    body: result.body === '' ? null : JSON.parse(result.body),
  };
};
