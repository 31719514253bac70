import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { AppError } from '#shared/errors/app-error';
import { errorCodes } from '#shared/errors/error-codes';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpService, httpHandler } from '#shared/http/http-handler';
import type { Identity } from '#shared/http/request';
import { defineContract } from '#shared/kernel/route';
import { type ApiRequest, apiEvent, call } from '../support/api-event';
import { makeKeptLog } from '../support/kept-log';

const SITE = 'https://app.example.test';

const common = { summary: '', rateLimits: [], errors: [] } as const;
const ok = { status: 200, body: z.object({ success: z.literal(true) }) } as const;

const contract = defineContract({
  read: { ...common, method: 'GET', path: '/api/things', auth: 'public', success: ok },
  write: {
    ...common,
    method: 'POST',
    path: '/api/things',
    auth: 'public',
    maxBodyBytes: 1_000,
    body: z.strictObject({
      name: z.string().check(z.minLength(3)),
      'a/b': z.optional(z.strictObject({ '~': z.number() })),
    }),
    success: { ...ok, status: 201 },
  },
  mine: {
    ...common,
    method: 'POST',
    path: '/api/mine',
    auth: 'user',
    body: z.strictObject({ name: z.string() }),
    success: ok,
  },
  manage: { ...common, method: 'POST', path: '/api/manage', auth: 'admin', success: ok },
  support: { ...common, method: 'GET', path: '/api/support', auth: 'support', success: ok },
  hook: {
    ...common,
    method: 'POST',
    path: '/api/hook',
    auth: 'signature',
    rawBody: true,
    success: { ...ok, otherStatuses: [503] },
  },
  nothing: {
    ...common,
    method: 'GET',
    path: '/api/nothing',
    auth: 'public',
    success: { ...ok, status: 204 },
  },
});

type Service = HttpService<typeof contract>;

const answer = async () => ({ body: { success: true as const } });

const start = (overrides: Partial<Service['handlers']> = {}, identity: Identity | null = null) => {
  const { log, lines } = makeKeptLog();
  const handler = httpHandler({
    log,
    service: async () => ({
      contract,
      handlers: {
        read: answer,
        write: answer,
        mine: answer,
        manage: answer,
        support: answer,
        hook: answer,
        nothing: answer,
        ...overrides,
      },
      authenticate: async () => identity,
      allowedOrigins: [SITE],
    }),
  });
  return { handler, lines, send: (request: ApiRequest) => call(handler, request) };
};

const someone = (overrides: Partial<Identity> = {}): Identity => ({
  userId: 'u',
  sessionId: 's',
  supabaseSessionId: 'ss',
  role: 'user',
  via: 'bearer',
  csrfToken: null,
  ...overrides,
});

beforeAll(useEnglishMessages);

describe('answers', () => {
  test('carry the contract status, cookies one by one, and the security headers', async () => {
    const { send } = start({
      write: async () => ({ body: { success: true }, cookies: ['a=1', 'b=2'], headers: { 'x-more': '1' } }),
    });
    const made = await send({ path: '/api/things', body: { name: 'abc' } });
    expect(made.status).toBe(201);
    expect(made.cookies).toEqual(['a=1', 'b=2']);
    expect(made.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': 'request-1',
      'x-more': '1',
    });
  });

  test('have no body with 204', async () => {
    expect(await start().send({ path: '/api/nothing' })).toMatchObject({ status: 204, body: null });
  });

  test('may have another status that the contract names', async () => {
    const { send } = start({ hook: async () => ({ status: 503, body: { success: true } }) });
    expect((await send({ path: '/api/hook', body: {} })).status).toBe(503);
  });

  test('name the origin they allow only to pages of ours', async () => {
    const { send } = start();
    for (const [origin, allowed] of [
      [SITE, SITE],
      ['https://evil.test', undefined],
      ['null', undefined],
      [`${SITE}.evil.test`, undefined],
      [SITE.replace('https', 'http'), undefined],
      [`${SITE}:444`, undefined],
    ]) {
      const { headers } = await send({ path: '/api/things', headers: { Origin: origin ?? '' } });
      expect(headers['access-control-allow-origin']).toBe(allowed);
      expect(headers.vary).toBe('Origin');
    }
  });
});

describe('every error is a problem', () => {
  test.each(Object.entries(errorCodes))('%s', async (code, { status, title }) => {
    const { send } = start({
      read: async () => {
        throw new AppError(code as keyof typeof errorCodes, { cause: new Error('secret cause') });
      },
    });
    const { status: given, headers, body } = await send({ path: '/api/things/' });
    expect(given).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    expect(body).toEqual({
      type: `urn:tandem:error:${code}`,
      title,
      status,
      instance: '/api/things/',
      code,
      requestId: 'request-1',
    });
  });

  test.each([
    ['no route', { path: '/api/other' }, 404, 'route_not_found'],
    ['a method there is not', { path: '/api/things', method: 'PUT' }, 405, 'method_not_allowed'],
    ['no JSON', { path: '/api/things', body: '{' }, 400, 'body_not_json'],
    ['a byte order mark', { path: '/api/things', body: '\ufeff{"name":"abc"}' }, 400, 'body_not_json'],
    ['no UTF-8', { path: '/api/things', body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'body_not_json'],
    ['nesting', { path: '/api/things', body: '['.repeat(900) }, 400, 'body_not_json'],
    [
      'deep nesting that is JSON',
      { path: '/api/things', body: '['.repeat(400) + ']'.repeat(400) },
      400,
      'request_invalid',
    ],
    ['null', { path: '/api/things', body: 'null' }, 400, 'request_invalid'],
    ['an empty body', { path: '/api/things', method: 'POST' }, 400, 'request_invalid'],
    [
      'a form',
      {
        path: '/api/things',
        body: 'name=abc',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
      415,
      'unsupported_media_type',
    ],
    [
      'text, which needs no preflight',
      { path: '/api/things', body: '{"name":"abc"}', headers: { 'Content-Type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    ['a large body', { path: '/api/things', body: { name: 'x'.repeat(1_000) } }, 413, 'payload_too_large'],
    [
      'a large body in base64',
      { path: '/api/things', body: Buffer.alloc(1_001, 32) },
      413,
      'payload_too_large',
    ],
    ['unknown fields', { path: '/api/things', body: { name: 'abc', role: 'admin' } }, 400, 'request_invalid'],
    [
      'a prototype',
      { path: '/api/things', body: '{"name":"abc","__proto__":{"a":1}}' },
      400,
      'request_invalid',
    ],
    [
      'a constructor',
      { path: '/api/things', body: '{"name":"abc","constructor":{"prototype":{}}}' },
      400,
      'request_invalid',
    ],
    ['nobody', { path: '/api/mine', body: { name: 'abc' } }, 401, 'unauthenticated'],
  ] as const)('%s', async (_what, request: ApiRequest, status, code) => {
    const { send, lines } = start();
    const given = await send(request);
    expect([given.status, given.body.code]).toEqual([status, code]);
    expect(given.headers['content-type']).toBe('application/problem+json');
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test('names every fault by pointer, in sentences', async () => {
    const { body } = await start().send({ path: '/api/things', body: { name: 'x', 'a/b': { '~': 'x' } } });
    expect(body.errors).toEqual([
      { pointer: '/body/name', message: 'Too small: expected string to have >=3 characters' },
      { pointer: '/body/a~1b/~0', message: 'Invalid input: expected number, received string' },
    ]);
  });

  test('says which methods there are', async () => {
    const { headers } = await start().send({ path: '/api/things', method: 'DELETE' });
    expect(headers.allow).toBe('GET, HEAD, POST');
  });

  test('survives what API Gateway may leave null', async () => {
    const { handler } = start();
    const event = {
      ...apiEvent({ path: '/api/things' }),
      headers: null,
      multiValueHeaders: null,
      body: null,
    };
    const result = await handler(event as unknown as ReturnType<typeof apiEvent>, {} as Context);
    expect(result.statusCode).toBe(200);
  });
});

describe('the order of the stack', () => {
  test('the log sees the original error, the client only that there was one', async () => {
    const { send, lines } = start({
      read: async () => {
        throw Object.assign(new TypeError('secret message'), { code: 'E_CAUSE' });
      },
    });
    const given = await send({ path: '/api/things' });
    expect([given.status, given.body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(given)).not.toContain('secret');
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'request failed',
        fields: { status: 500, code: 'internal', error: { name: 'TypeError', code: 'E_CAUSE' } },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('one line for each request, at the level of its fault', async () => {
    const { send, lines } = start();
    await send({ path: '/api/things' });
    await send({ path: '/api/nowhere' });
    expect(lines).toMatchObject([
      { level: 'info', fields: { method: 'GET', path: '/api/things', status: 200, requestId: 'request-1' } },
      { level: 'info', fields: { status: 404, code: 'route_not_found' } },
    ]);
  });

  test('whoever may not call learns nothing of the input, and the handler is not called', async () => {
    let called = 0;
    const handlers = {
      mine: async () => {
        called += 1;
        return { body: { success: true as const } };
      },
    };
    expect((await start(handlers).send({ path: '/api/mine', body: { wrong: 1 } })).body.code).toBe(
      'unauthenticated',
    );
    expect((await start(handlers, someone()).send({ path: '/api/mine', body: { wrong: 1 } })).body.code).toBe(
      'request_invalid',
    );
    expect(called).toBe(0);
  });
});

describe('roles', () => {
  test.each([
    ['user', '/api/support', 403],
    ['user', '/api/manage', 403],
    ['support', '/api/support', 200],
    ['support', '/api/manage', 403],
    ['admin', '/api/support', 200],
    ['admin', '/api/manage', 200],
  ] as const)('%s at %s: %i', async (role, path, status) => {
    const { send } = start({}, someone({ role }));
    const method = path === '/api/manage' ? 'POST' : 'GET';
    expect((await send({ path, method })).status).toBe(status);
  });
});

describe('CSRF', () => {
  const byCookie = someone({ via: 'cookie', csrfToken: 'right' });
  test.each<[string, Record<string, string>, number]>([
    ['no token', {}, 403],
    ['an empty token', { 'X-CSRF-Token': '' }, 403],
    ['a wrong token', { 'X-CSRF-Token': 'wrong' }, 403],
    ['a longer token', { 'X-CSRF-Token': 'right ' }, 403],
    ['the token', { 'X-CSRF-Token': 'right' }, 200],
    ['the token in any case of the name', { 'x-csrf-TOKEN': 'right' }, 200],
    ['the token from a foreign page', { 'X-CSRF-Token': 'right', Origin: 'https://evil.test' }, 403],
    ['the token from no page', { 'X-CSRF-Token': 'right', Origin: 'null' }, 403],
    ['the token across sites', { 'X-CSRF-Token': 'right', 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['the token from a sibling host', { 'X-CSRF-Token': 'right', 'Sec-Fetch-Site': 'same-site' }, 403],
    [
      'the token from our page',
      { 'X-CSRF-Token': 'right', Origin: SITE, 'Sec-Fetch-Site': 'cross-site' },
      200,
    ],
    ['the token from the same origin', { 'X-CSRF-Token': 'right', 'Sec-Fetch-Site': 'same-origin' }, 200],
  ])('a cookie with %s', async (_what, headers, status) => {
    const { send } = start({}, byCookie);
    const given = await send({ path: '/api/mine', body: { name: 'abc' }, headers });
    expect(given.status).toBe(status);
    if (status === 403) expect(given.body.code).toBe('csrf_invalid');
  });

  test('is not asked of bearer credentials, which browsers never send unasked', async () => {
    const headers = { Origin: 'https://evil.test' };
    expect(
      (await start({}, someone()).send({ path: '/api/mine', body: { name: 'abc' }, headers })).status,
    ).toBe(200);
  });

  test('cannot be passed by a session that has no token', async () => {
    const { send } = start({}, someone({ via: 'cookie', csrfToken: null }));
    const given = await send({ path: '/api/mine', body: { name: 'abc' }, headers: { 'X-CSRF-Token': '' } });
    expect(given.status).toBe(403);
  });
});

describe('what handlers see', () => {
  test('the last value of a repeated header and all of them, the first of a repeated cookie, the real address', async () => {
    const seen: unknown[] = [];
    const { send } = start({
      hook: async ({ headers, headerValues, cookies, sourceIp, rawBody, identity }) => {
        seen.push(
          headers['x-a'],
          headerValues['x-a'],
          cookies.get('c'),
          sourceIp,
          rawBody.toString(),
          identity,
        );
        return { body: { success: true } };
      },
    });
    await send({
      path: '/api/hook',
      body: 'exact \u00e4 bytes',
      headers: {
        'X-A': ['1', '2'],
        Cookie: 'c=first; c=second',
        'X-Forwarded-For': '10.0.0.1',
        'X-Real-IP': '10.0.0.2',
      },
    });
    expect(seen).toEqual(['2', ['1', '2'], 'first', '203.0.113.7', 'exact \u00e4 bytes', null]);
  });
});

test('a request is known by the id that its caller cannot choose', async () => {
  const seen: string[] = [];
  const { handler, lines } = start({
    read: async ({ requestId }) => {
      seen.push(requestId);
      throw new AppError('conflict');
    },
  });
  const event = apiEvent({ path: '/api/things' });
  const requestContext = { ...event.requestContext, requestId: 'chosen', extendedRequestId: 'given' };
  const { headers, body } = await handler({ ...event, requestContext }, {} as Context);
  expect([...seen, headers?.['x-request-id'], JSON.parse(body).requestId]).toEqual([
    'given',
    'given',
    'given',
  ]);
  expect(lines.map(({ fields }) => fields.requestId)).toEqual(['given']);
});

describe('cookies', () => {
  const seenOf = async (cookie: string | readonly string[]) => {
    let seen: ReadonlyMap<string, string> = new Map();
    const { send } = start({
      read: async ({ cookies }) => {
        seen = cookies;
        return { body: { success: true } };
      },
    });
    expect((await send({ path: '/api/things', headers: { Cookie: cookie } })).status).toBe(200);
    return seen;
  };

  test('are those of one header or, as HTTP/2 sends them, of several', async () => {
    for (const sent of ['a=1; b=2', 'a=1;b=2', 'a=1;\t b=2', ['a=1', 'b=2']])
      expect([...(await seenOf(sent))]).toEqual([
        ['a', '1'],
        ['b', '2'],
      ]);
  });

  // Blanks that String.trim takes away, as text and as the bytes of their UTF-8, which some gateways read as Latin-1.
  const blanks = ['\u2000', '\u3000', '\u00a0', '\ufeff', '\u2028', '\u000b', '\u000c', '\u1680'];
  const planted = blanks.flatMap((blank) => [
    `${blank}__Host-tandem_session=planted`,
    `${Buffer.from(blank).toString('latin1')}__Host-tandem_session=planted`,
    `__Host-tandem_session${blank}=planted`,
    ` ${blank} __Host-tandem_session=planted`,
  ]);

  test.each([...planted, '__Host-tandem_session =planted', '=__Host-tandem_session=planted'])(
    'of a sibling host do not pass for ours: %j',
    async (cookie) => {
      expect((await seenOf(cookie)).get('__Host-tandem_session')).toBeUndefined();
      const both = await seenOf(`${cookie}; __Host-tandem_session=own`);
      expect(both.get('__Host-tandem_session')).toBe('own');
    },
  );
});

describe('a service that does not start', () => {
  test('answers a problem, and starts again with the next request', async () => {
    const { log, lines } = makeKeptLog();
    let starts = 0;
    const handler = httpHandler<typeof contract>({
      log,
      service: async () => {
        starts += 1;
        if (starts === 1) throw new Error('secret reason');
        return {
          contract,
          handlers: {
            read: answer,
            write: answer,
            mine: answer,
            manage: answer,
            support: answer,
            hook: answer,
            nothing: answer,
          },
          authenticate: async () => null,
          allowedOrigins: [],
        };
      },
    });
    expect(starts).toBe(1);
    const [one, two] = [
      await call(handler, { path: '/api/things' }),
      await call(handler, { path: '/api/things' }),
    ];
    await call(handler, { path: '/api/things' });

    expect([one.status, one.body.code]).toEqual([500, 'internal']);
    expect(one.headers['x-content-type-options']).toBe('nosniff');
    expect(two.status).toBe(200);
    expect(starts).toBe(2);
    expect(JSON.stringify([one, lines])).not.toContain('secret');
  });
});
