import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error';
import { httpHandler } from '#shared/http/http-handler';
import type { Contract } from '#shared/kernel/route';
import { describeError } from '#shared/observability/describe-error';
import { legible } from '#shared/observability/legible';
import { makeLineLogger } from '#shared/observability/line-logger';
import { type Log, makeLogger } from '#shared/observability/logger';
import { maskPath } from '#shared/observability/mask-path';
import { healthContract } from '../../services/health/contract';
import { apiEvent } from '../support/api-event';

/** What somebody would send to write a line of their own, or to be read as something else. */
const INJECTIONS = [
  '\r\n{"level":"INFO","message":"all is well"}',
  '\n2026-11-22T00:00:00Z ERROR forged',
  '","level":"DEBUG","x":"',
  '\\","admin":true,"x":"\\',
  '\u2028{"level":"INFO"}\u2029',
  '\u0085next line',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31mred',
  '\u202egnp.exe\u2066',
  '\u200b\u200d\ufeff',
  '\0\b\v\f\x7f',
  '\ud800 half',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what attackers send
  '${jndi:ldap://evil/x} %s %n {{7*7}} <script>',
  '__proto__',
  'x'.repeat(100_000),
];

const ILLEGIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Everything that is written to the two streams meanwhile, which CloudWatch takes as one. */
const written = async (work: () => unknown): Promise<string> => {
  let text = '';
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return text;
};

/** One record a line, however a reader splits lines; each one JSON and fit for a terminal. */
const expectRecords = (text: string, count: number): Record<string, unknown>[] => {
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split(/[\n\r\u2028\u2029\u0085\v\f]/);
  expect(lines).toHaveLength(count);
  for (const line of lines) expect(line).not.toMatch(ILLEGIBLE);
  for (const line of lines) expect(line.length).toBeLessThan(20_000);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

const loggers: [string, () => Log][] = [
  ['Powertools', () => makeLogger('test')],
  ['our own', () => makeLineLogger('test')],
];

describe.each(loggers)('a line of the %s logger', (_name, make) => {
  test.each(INJECTIONS)('is one record, whatever stands in it: %j', async (nasty) => {
    const text = await written(() => {
      const log = make();
      log.info(nasty, { field: nasty, deep: { list: [nasty, { again: nasty }] } });
      log.error('failed', {
        error: describeError(Object.assign(new Error(nasty), { code: nasty, name: nasty })),
      });
      log.warn({ message: nasty, more: nasty });
    });
    const [first, second] = expectRecords(text, 3);
    expect(first).toMatchObject({ level: 'INFO', message: legible(nasty), field: legible(nasty) });
    expect(second).toMatchObject({ level: 'ERROR', message: 'failed', error: { name: expect.any(String) } });
    expect(first).not.toHaveProperty('admin');
  });

  test.each(INJECTIONS)('tells of a request without being led by it: %j', async (nasty) => {
    const thrown = Object.assign(new TypeError(nasty), { code: nasty });
    const failing = { getHealth: async () => Promise.reject(thrown) };
    const event = apiEvent({
      path: '/api/health',
      headers: { 'User-Agent': nasty, [nasty.slice(0, 99)]: nasty },
    });
    const nastyEvent: APIGatewayProxyEvent = {
      ...event,
      httpMethod: nasty,
      path: nasty,
      requestContext: { ...event.requestContext, extendedRequestId: nasty },
    };
    const text = await written(async () => {
      const service = { contract: healthContract as Contract, handlers: failing };
      const handler = httpHandler({
        log: make(),
        service: async () => ({ ...service, authenticate: async () => null, allowedOrigins: [] }) as never,
      });
      await handler(event, {} as Context);
      await handler(nastyEvent, {} as Context);
    });
    const [failed, unknown] = expectRecords(text, 2);
    expect(failed).toMatchObject({ message: 'request failed', status: 500, error: { name: 'TypeError' } });
    expect(unknown).toMatchObject({ message: 'request', status: 404, code: 'route_not_found' });
  });
});

describe('what is told of an error', () => {
  const SECRET = 'hunter2-4242424242424242';
  const frames = `\n    at password=${SECRET} (/x.js:1:2)\n    at ${SECRET}`;

  test.each<[string, unknown]>([
    ['in its message', new Error(SECRET)],
    ['in lines of its message that look like frames', new Error(`failed${frames}`)],
    ['in its code', Object.assign(new Error('x'), { code: `${SECRET} in a sentence` })],
    ['in its name', Object.assign(new Error('x'), { name: `Error: ${SECRET}` })],
    [
      'in fields of a driver',
      Object.assign(new Error('x'), { detail: SECRET, where: SECRET, parameters: [SECRET] }),
    ],
    [
      'in fields of a client',
      Object.assign(new Error('x'), { config: { headers: { authorization: SECRET } } }),
    ],
    ['in its cause', new AppError('internal', { cause: new Error(SECRET, { cause: new Error(SECRET) }) })],
    ['in a cause that is a text', new Error('x', { cause: SECRET })],
    ['in a cause that is an object', new Error('x', { cause: { body: SECRET } })],
    ['in errors of errors', new AggregateError([new Error(SECRET)], SECRET)],
    ['as a text', SECRET],
    ['as an object', { message: SECRET }],
    ['in what a message was changed to', Object.assign(new Error('x'), { message: `a${frames}` })],
    ['in a stack of its own', Object.assign(new Error('x'), { stack: `Error: y${frames}` })],
  ])('is not the secret %s', (_where, error) => {
    const told = JSON.stringify(describeError(error));
    expect(told).not.toContain('hunter2');
    expect(told).not.toContain('4242');
  });

  test('is its name, its code, where it was thrown, and all of that of its causes', () => {
    const cause = Object.assign(new TypeError('secret'), { code: 'ECONNREFUSED' });
    const told = describeError(new AppError('database_unavailable', { cause }));
    expect(told).toMatchObject({
      name: 'AppError',
      code: 'database_unavailable',
      cause: { name: 'TypeError', code: 'ECONNREFUSED' },
    });
    expect((told.at as string[])[0]).toMatch(/^at .*observability-lines\.test\.ts:\d+:\d+/);
  });

  test('ends, though an error may be its own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(10_000);
  });
});

test.each([
  [
    '/api/payments/history/6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa/',
    '/api/payments/history/6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa/',
  ],
  ['/api/payments/events/evt_1Q2w3E/replay', '/api/payments/events/evt_1Q2w3E/replay'],
  ['/api/auth/users/ada@example.test', '/api/auth/users/*'],
  ['/api/auth/users/ada%40example.test', '/api/auth/users/*'],
  ['/api/auth/verify/eyJhbGciOiJIUzI1NiJ9.e30.x', '/api/auth/verify/*'],
  ['/api/auth/tdm_abc', '/api/auth/*'],
  ['/x/sk_test_51abc/pi_1_secret_2/whsec_3', '/x/*/*/*'],
  ['/api/payments/4242424242424242', '/api/payments/*'],
  [
    '/api/payments/events/WH-58D329510W468432D-8HN650336L201105X',
    '/api/payments/events/WH-58D329510W468432D-8HN650336L201105X',
  ],
  [
    '/api/payments/events/obs_6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa',
    '/api/payments/events/obs_6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa',
  ],
  // A code out of a mail, a hash out of a link, a refresh token, a password, a session token without its beginning.
  ['/api/auth/verify/482913', '/api/auth/verify/*'],
  ['/api/auth/verify/pkce_3f8a9c0d5e7b1f2a4c6d8e0f1a3b5c7d9e1f3a5b7c9d1e3f', '/api/auth/verify/*'],
  ['/api/auth/refresh/x5kq2vbhhzcl', '/api/auth/refresh/*'],
  ['/api/auth/signin/hunter2', '/api/auth/signin/*'],
  ['/api/auth/profile/Qm9Xk0v3Z7yP1sT4uW6aB8cD2eF5gH9jK3lM0nR7oU', '/api/auth/profile/*'],
  ['/a\r\nb/c d/e%0af', '/*/*/*'],
  ['//', '//'],
])('the path %j is logged as %j', (path, masked) => {
  expect(maskPath(path)).toBe(masked);
});
