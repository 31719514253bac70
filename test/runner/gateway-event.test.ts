import { request as httpRequest } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiModel, RouteModel } from '../../local/assembly/model';
import { type Gateway, startGateway } from '../../local/gateway/start-gateway';
import type { Outcome } from '../../local/lambda/invocation';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Payment';
const route = (resourcePath: string, method: string, timeoutMs = 29_000): RouteModel => ({
  resourcePath,
  resourceId: 'abc123',
  method,
  integration: { type: 'lambda', functionArn: FUNCTION, timeoutMs },
});

const api: ApiModel = {
  id: 'Api5E4F',
  stage: 'dev',
  stageVariables: null,
  binaryMediaTypes: ['image/png'],
  routes: [
    route('/api/payments/{proxy+}', 'ANY'),
    route('/api/payments/webhook/{provider}', 'POST'),
    route('/api/slow', 'ANY', 60),
    {
      resourcePath: '/api/payments/{proxy+}',
      resourceId: 'abc123',
      method: 'OPTIONS',
      integration: {
        type: 'mock',
        statusCode: 204,
        headers: {
          'Access-Control-Allow-Origin': 'https://shop.test',
          'Access-Control-Allow-Methods': 'GET,POST',
        },
        allowedOrigins: ['https://other.test'],
      },
    },
  ],
  gatewayResponses: {},
};

describe('gateway', () => {
  let gateway: Gateway;
  let events: APIGatewayProxyEvent[] = [];
  let outcome: Partial<Outcome> = {};
  beforeAll(async () => {
    gateway = await startGateway({
      port: 0,
      api: async () => api,
      now: () => Date.UTC(2026, 10, 22, 18, 0, 5, 123),
      invoke: async (_arn, event) => {
        events.push(event as APIGatewayProxyEvent);
        if ((event as APIGatewayProxyEvent).path === '/api/slow')
          await new Promise((r) => setTimeout(r, 200));
        return { requestId: 'r', durationMs: 1, payload: '{"statusCode":200,"body":"ok"}', ...outcome };
      },
    });
  });
  beforeEach(() => {
    events = [];
    outcome = {};
  });
  afterAll(() => gateway.close());

  /** Sends exactly these headers; fetch would add and merge some. */
  function send(method: string, path: string, headers: string[] = [], body?: Buffer | string) {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const outgoing = httpRequest(
          {
            host: '127.0.0.1',
            port: gateway.port,
            method,
            path,
            headers: ['Host', 'api.tandem.test', ...headers],
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('end', () =>
              resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(chunks).toString('utf8'),
              }),
            );
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      },
    );
  }

  test('makes the proxy event of a REST API, field by field', async () => {
    await send(
      'POST',
      '/api/payments/a%20b/c?x=1&x=2&y=%26+z&flag',
      ['content-type', 'application/json', 'user-agent', 'probe/1', 'X-Many', 'one', 'x-many', 'two'],
      '{"a":"ü"}',
    );

    const [event] = events;
    const { requestId, extendedRequestId } = event?.requestContext ?? {};
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const trace = event?.headers['X-Amzn-Trace-Id'];
    expect(trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(JSON.stringify(event)).toBe(
      JSON.stringify({
        resource: '/api/payments/{proxy+}',
        path: '/api/payments/a%20b/c',
        httpMethod: 'POST',
        headers: {
          Host: 'api.tandem.test',
          'content-type': 'application/json',
          'User-Agent': 'probe/1',
          'X-Many': 'two',
          'X-Amzn-Trace-Id': trace,
          'X-Forwarded-For': '127.0.0.1',
          'X-Forwarded-Port': String(gateway.port),
          'X-Forwarded-Proto': 'http',
        },
        multiValueHeaders: {
          Host: ['api.tandem.test'],
          'content-type': ['application/json'],
          'User-Agent': ['probe/1'],
          'X-Many': ['one', 'two'],
          'X-Amzn-Trace-Id': [trace],
          'X-Forwarded-For': ['127.0.0.1'],
          'X-Forwarded-Port': [String(gateway.port)],
          'X-Forwarded-Proto': ['http'],
        },
        queryStringParameters: { x: '2', y: '& z', flag: '' },
        multiValueQueryStringParameters: { x: ['1', '2'], y: ['& z'], flag: [''] },
        pathParameters: { proxy: 'a b/c' },
        stageVariables: null,
        requestContext: {
          resourceId: 'abc123',
          resourcePath: '/api/payments/{proxy+}',
          httpMethod: 'POST',
          extendedRequestId,
          requestTime: '22/Nov/2026:18:00:05 +0000',
          path: '/api/payments/a%20b/c',
          accountId: '000000000000',
          protocol: 'HTTP/1.1',
          stage: 'dev',
          domainPrefix: 'api',
          requestTimeEpoch: Date.UTC(2026, 10, 22, 18, 0, 5, 123),
          requestId,
          identity: {
            cognitoIdentityPoolId: null,
            accountId: null,
            cognitoIdentityId: null,
            caller: null,
            sourceIp: '127.0.0.1',
            principalOrgId: null,
            accessKey: null,
            cognitoAuthenticationType: null,
            cognitoAuthenticationProvider: null,
            userArn: null,
            userAgent: 'probe/1',
            user: null,
            apiKey: null,
            apiKeyId: null,
            clientCert: null,
          },
          domainName: 'api.tandem.test',
          apiId: 'Api5E4F',
          authorizer: null,
        },
        body: '{"a":"ü"}',
        isBase64Encoded: false,
      }),
    );
  });

  test('an empty body and query are null', async () => {
    await send('GET', '/api/payments/history');

    expect(events[0]).toMatchObject({
      body: null,
      isBase64Encoded: false,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
    });
  });

  test('binary media types arrive as base64, everything else as text', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0x00]);
    await send('POST', '/api/payments/x', ['Content-Type', 'image/png'], bytes);
    await send('POST', '/api/payments/x', ['Content-Type', 'application/json'], bytes);

    expect(events[0]).toMatchObject({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(events[1]).toMatchObject({ body: '\ufffd\ufffd\u0000', isBase64Encoded: false });
  });

  test('a caller chooses the id of a request, and cannot choose the extended one', async () => {
    const chosen = ['X-Amzn-RequestId', 'as-i-like', 'X-Amz-Apigw-Id', 'as-i-like'];
    const { headers } = await send('GET', '/api/payments/x', chosen);

    const { requestId, extendedRequestId } = events[0]?.requestContext ?? {};
    expect(requestId).toBe('as-i-like');
    expect(extendedRequestId).toMatch(/^[\w+/]{15}=$/);
    expect(headers).toMatchObject({
      'x-amzn-requestid': 'as-i-like',
      'x-amz-apigw-id': extendedRequestId,
    });
  });

  test('nobody can claim another source address', async () => {
    await send('GET', '/api/payments/x', ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https']);

    expect(events[0]?.requestContext.identity.sourceIp).toBe('127.0.0.1');
    expect(events[0]?.headers['X-Forwarded-For']).toBe('203.0.113.9, 127.0.0.1');
    expect(events[0]?.headers['X-Forwarded-Proto']).toBe('http');
  });

  test.each([
    ['POST', '/api/payments/webhook/stripe', '/api/payments/webhook/{provider}', { provider: 'stripe' }],
    ['POST', '/api/payments/webhook/stripe/', '/api/payments/webhook/{provider}', { provider: 'stripe' }],
    ['GET', '/api/payments/history/', '/api/payments/{proxy+}', { proxy: 'history' }],
    ['GET', '/api/payments/webhook/stripe/more', '/api/payments/{proxy+}', { proxy: 'webhook/stripe/more' }],
  ])('%s %s goes to %s', async (method, path, resource, pathParameters) => {
    await send(method, path);

    expect(events[0]).toMatchObject({ resource, path, pathParameters });
  });

  test.each([
    ['GET', '/api/payments/webhook/stripe'], // the resource exists, the method does not
    ['GET', '/api/payments'],
    ['GET', '/API/payments/history'],
    ['GET', '/'],
  ])('%s %s is unknown: 403, and no function is called', async (method, path) => {
    const response = await send(method, path);

    expect(response.status).toBe(403);
    expect(response.body).toBe('{"message":"Missing Authentication Token"}');
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    expect(events).toEqual([]);
  });

  test('maps headers, several cookies, base64 bodies and reserved names', async () => {
    outcome = {
      payload: JSON.stringify({
        statusCode: 201,
        headers: { 'X-One': '1', 'WWW-Authenticate': 'Bearer' },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': ['1'] },
        body: Buffer.from('hello').toString('base64'),
        isBase64Encoded: true,
      }),
    };

    const response = await send('GET', '/api/payments/x');

    expect(response.status).toBe(201);
    expect(response.body).toBe('hello');
    expect(response.headers).toMatchObject({
      'x-one': '1',
      'set-cookie': ['a=1', 'b=2'],
      'x-amzn-remapped-www-authenticate': 'Bearer',
      'content-type': 'application/json',
    });
    expect(response.headers['www-authenticate']).toBeUndefined();
  });

  test.each([
    '"just text"',
    '{"statusCode":"abc"}',
    '{"statusCode":200,"body":{"not":"text"}}',
    '{"statusCode":200,"surprise":1}',
    'null',
  ])('a malformed answer %s is a 502', async (payload) => {
    outcome = { payload };

    const response = await send('GET', '/api/payments/x');

    expect(response.status).toBe(502);
    expect(response.body).toBe('{"message":"Internal server error"}');
  });

  test('a function error is a 502 that tells nothing', async () => {
    outcome = { functionError: 'Unhandled', payload: '{"errorMessage":"password is hunter2"}' };

    const response = await send('GET', '/api/payments/x');

    expect(response).toMatchObject({ status: 502, body: '{"message":"Internal server error"}' });
  });

  test('the integration timeout is a 504', async () => {
    const response = await send('GET', '/api/slow');

    expect(response).toMatchObject({ status: 504, body: '{"message":"Endpoint request timed out"}' });
  });

  test('10 MB is the limit for a body, 6 MB for the event', async () => {
    const eleven = await send('POST', '/api/payments/x', [], Buffer.alloc(11 * 1024 * 1024, 97));
    const seven = await send('POST', '/api/payments/x', [], Buffer.alloc(7 * 1024 * 1024, 97));

    expect(eleven).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' });
    expect(seven.status).toBe(413);
    expect(events).toEqual([]);
  });

  test('preflight is answered by the template, for the origins it allows', async () => {
    const main = await send('OPTIONS', '/api/payments/x', ['Origin', 'https://evil.test']);
    const other = await send('OPTIONS', '/api/payments/x', ['Origin', 'https://other.test']);

    expect(main).toMatchObject({ status: 204, body: '' });
    expect(main.headers['access-control-allow-origin']).toBe('https://shop.test');
    expect(other.headers['access-control-allow-origin']).toBe('https://other.test');
    expect(events).toEqual([]);
  });

  test('gateway responses of the template shape the errors', async () => {
    api.gatewayResponses.DEFAULT_4XX = {
      statusCode: undefined,
      headers: { 'Access-Control-Allow-Origin': '*' },
      templates: {
        'application/problem+json': '{"title":$context.error.messageString,"requestId":"$context.requestId"}',
      },
    };

    const response = await send('GET', '/nowhere');
    delete api.gatewayResponses.DEFAULT_4XX;

    expect(response.status).toBe(403);
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'access-control-allow-origin': '*',
    });
    expect(JSON.parse(response.body)).toEqual({
      title: 'Missing Authentication Token',
      requestId: response.headers['x-amzn-requestid'],
    });
  });
});
