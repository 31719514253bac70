import { errorCodes } from '#shared/errors/error-codes';
import { SECURITY_HEADERS } from '#shared/http/security-headers';
import { type KnownRoute, ROUTES } from '../support/contracts';
import { ADMIN } from './noting-services';
import { PATH_VARIANTS } from './path-variants';
import type { RawAnswer, RawRequest } from './raw-request';
import { type Edge, startEdge } from './start-edge';

/** Each route is asked for in a third of the ways, and each way is tried on a third of the routes; all with EDGE=full. */
const SHARE = process.env.EDGE === 'full' ? 1 : 3;

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
}, 300_000);
afterEach(() => {
  edge.be(null);
  edge.reached();
});
afterAll(() => edge?.close());

/** What holds of every answer whatever, of functions and of the gateway itself. */
const expectGuarded = ({ status, headers, body }: RawAnswer): void => {
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  // What Node's parser refuses is none of the template's business.
  if (headers['x-amzn-requestid'] !== undefined) expect(headers).toMatchObject(SECURITY_HEADERS);
  if (status < 400) return;
  expect(headers['content-type']).toBe('application/problem+json');
  if (body !== '') expect(errorCodes).toHaveProperty((JSON.parse(body) as { code: string }).code);
};

const reached = (): string[] => edge.reached().map(({ name }) => name);

const send = async (request: RawRequest): Promise<RawAnswer> => {
  const answer = await edge.send(request);
  expectGuarded(answer);
  return answer;
};

/** Whether a path fits a route's pattern: `events/replay` is also an event called replay. */
const covers = ({ route }: KnownRoute, path: string): boolean =>
  new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);

const nameOf = ({ service, id }: KnownRoute): string => `${service} ${id}`;

/** Whether it is the route of a thing that is called so, for the same people: `files/quota.json` is also a file's id. */
const isNamesake = (name: string, known: KnownRoute, target: string): boolean =>
  ROUTES.some(
    (other) =>
      nameOf(other) === name &&
      other.route.method === known.route.method &&
      other.route.auth === known.route.auth &&
      covers(other, target),
  );

/** Sends a request for each of many, some at a time. */
const all = async <T>(items: readonly T[], one: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await one(item);
  };
  await Promise.all(Array.from({ length: 8 }, work));
};

test('however they write its path, strangers reach no handler that is not theirs to reach', async () => {
  const open = new Set(ROUTES.filter(({ isOpen }) => isOpen).map(nameOf));
  const closed = ROUTES.filter(({ isOpen }) => !isOpen);
  expect(PATH_VARIANTS.length / SHARE).toBeGreaterThanOrEqual(30);
  const requests = closed.flatMap(({ path, route }, nth) =>
    PATH_VARIANTS.filter((_, i) => (i + nth) % SHARE === 0).map(({ write }) => ({
      method: route.method,
      target: write(path),
    })),
  );
  await all(requests, async (request) => {
    const { status } = await send(request);
    expect([400, 401, 404, 405]).toContain(status);
  });
  expect(reached().filter((name) => !open.has(name))).toEqual([]);
}, 300_000);

/** What all clients may write: with and without the slash at the end, with a query, with the whole address. */
const USUAL = ['as it is', '/ behind', '? behind', 'http://api.tandem.test before'];

test('however it is written, a path leads an administrator to its own handler or to none', async () => {
  edge.be(ADMIN);
  const found = new Map<string, number>();
  const some = PATH_VARIANTS.filter(({ name }, i) => i % SHARE === 0 || USUAL.includes(name));
  for (const known of ROUTES) {
    const wrong: string[] = [];
    for (const { name, write } of some) {
      const target = write(known.path);
      const { status } = await send({ method: known.route.method, target });
      const names = reached();
      if (names.some((one) => one !== nameOf(known) && !isNamesake(one, known, target)))
        wrong.push(`${name}: ${names.join()}`);
      if (names.length > 0) found.set(name, (found.get(name) ?? 0) + 1);
      expect(names.length > 0).toBe(status < 400);
    }
    expect([known.id, wrong]).toEqual([known.id, []]);
  }
  for (const name of USUAL) expect([name, found.get(name)]).toEqual([name, ROUTES.length]);
}, 300_000);

const OVERRIDES = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-Method'];
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'LOCK',
  'SEARCH',
  'PURGE',
];

test('no method but its own reaches a handler, whatever else a request says about it', async () => {
  edge.be(ADMIN);
  const paths = [...new Set(ROUTES.map(({ path }) => path))];
  for (const path of paths) {
    const here = ROUTES.filter((known) => covers(known, path));
    for (const method of METHODS) {
      const named = here.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
      const serves = named !== undefined && !(method === 'HEAD' && named.route.success.status === 303);
      const others = here.filter(({ route }) => route.method !== method).map(({ route }) => route.method);
      const headers = OVERRIDES.map((name) => `${name}: ${others[0] ?? 'DELETE'}`);
      const target = `${path}?_method=${others[0] ?? 'DELETE'}`;
      const answer = await send({ method, target, headers });
      expect([method, path, reached()]).toEqual([method, path, serves ? [nameOf(named)] : []]);
      if (serves) continue;
      expect(answer.status).toBe(405);
      expect(answer.headers.allow?.split(', ')).toEqual(
        expect.arrayContaining(here.map(({ route }) => route.method)),
      );
    }
  }
}, 300_000);

test('HEAD is GET without the body, good or bad', async () => {
  const answers = await Promise.all(
    ['/api/health', '/api/payments/history', '/api/nowhere'].map((target) =>
      send({ method: 'HEAD', target }),
    ),
  );
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, ''],
    [401, ''],
    [404, ''],
  ]);
});

test.each(['get', 'Get', 'CONNECT', 'GE T', 'GET\0', 'FROBNICATE'])(
  '%j is no method at all',
  async (method) => {
    edge.be(ADMIN);
    const { status } = await edge.send({ method, target: '/api/auth/profile' });
    expect([0, 400]).toContain(status);
    expect(reached()).toEqual([]);
  },
);

test.each(['crash', 'rubbish'] as const)(
  'a function that answers with a %s tells nothing',
  async (failure) => {
    edge.breakWith(failure);
    const answer = await send({ target: '/api/health' });
    edge.breakWith(null);
    expect(answer.status).toBe(502);
    expect(answer.body).not.toMatch(/secret|stack/);
  },
);

test('a preflight carries them, too', async () => {
  const headers = ['Origin: http://attacker.test', 'Access-Control-Request-Method: POST'];
  const answer = await send({ method: 'OPTIONS', target: '/api/auth/signin', headers });
  expect(answer.status).toBe(204);
  expect(answer.headers['access-control-allow-origin']).not.toContain('attacker');
});

describe('headers over the wire', () => {
  const target = '/api/auth/profile';
  beforeEach(() => edge.be(ADMIN));

  test.each([
    ['folded over two lines', ['X-A: one', ' two']],
    ['a name with a space before its colon', ['Authorization : Bearer x']],
    ['a name that is none', ['A\u0001B: x']],
    ['a line without a colon', ['nonsense']],
    ['a zero byte', ['X-A: a\0b']],
    ['two lengths', ['Content-Length: 3', 'Content-Length: 4']],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['chunks of another kind', ['Transfer-Encoding: xchunked']],
    ['64 kB', [`X-A: ${'a'.repeat(65_536)}`]],
    ['three thousand', Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`)],
  ])('%s: not even a request', async (_what, headers) => {
    const { status } = await edge.send({ method: 'GET', target, headers });
    expect([400, 431]).toContain(status);
    expect(reached()).toEqual([]);
  });

  test.each([
    ['a hundred', Array.from({ length: 100 }, (_, i) => `X-${i}: ${i}`)],
    ['one name a hundred times', Array.from({ length: 100 }, () => 'X-A: 1')],
    ['names of methods', ['__proto__: 1', 'constructor: 1', 'toString: 1', 'hasOwnProperty: 1']],
    ['bytes that are no ASCII', ['X-A: \u00e9\u00ff']],
    ['an address of their own', ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: evil', 'Forwarded: for=1']],
    ['another path', ['X-Original-URL: /api/auth/users', 'X-Rewrite-URL: /api/auth/users']],
  ])('%s: a request like any other', async (_what, headers) => {
    expect((await send({ target, headers })).status).toBe(200);
    expect(reached()).toEqual(['auth getProfile']);
  });
});
