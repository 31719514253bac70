import type { Context } from 'aws-lambda';
import { CONTRACTS } from '../../local/docs/contracts';
import { type ApiRequest, apiEvent } from '../support/api-event';
import { ROUTES } from '../support/contracts';
import { ADMIN, makeNotingServices } from './noting-services';

const services = makeNotingServices({ validate: true });
beforeAll(() => services.be(ADMIN));

const send = async (service: string, request: ApiRequest) => {
  const event = apiEvent(request);
  const answer = await services.handlers[service]?.(event, {} as Context);
  const body = JSON.parse(answer?.body ?? 'null') as { code?: string } | null;
  return { status: answer?.statusCode, code: body?.code, bytes: answer?.body.length ?? 0 };
};

const withBody = ROUTES.filter(({ route }) => route.body !== undefined);
const cases = withBody.map((known) => [`${known.route.method} ${known.route.path}`, known] as const);

/** Not JSON, so that whoever parsed it first would answer something else. */
const tooLong = (limit: number): readonly (readonly [string, string | Buffer])[] => [
  ['a byte too many', '['.repeat(limit + 1)],
  ['a byte too many in base64', Buffer.alloc(limit + 1, '[')],
  ['fewer characters than bytes', 'é'.repeat(limit / 2 + 1)],
];

const wayTooLong: readonly (readonly [string, string | Buffer])[] = [
  ['5 MB', '['.repeat(5_000_000)],
  ['5 MB in base64', Buffer.alloc(5_000_000, '{')],
  ['a hundred thousand levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a million keys', `{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":1`).join()}}`],
];

test.each(ROUTES.map((known) => [`${known.route.method} ${known.route.path}`, known] as const))(
  '%s: more than it takes is refused before anything looks at it',
  async (_name, { service, route, path }) => {
    const limit = route.maxBodyBytes ?? 65_536;
    for (const [what, body] of tooLong(limit)) {
      const { status, code } = await send(service, { method: route.method, path, body });
      expect([what, status, code]).toEqual([what, 413, 'payload_too_large']);
    }
    expect(services.reached()).toEqual([]);
  },
);

test('and so is what would take long to read, unread', async () => {
  for (const [what, body] of wayTooLong) {
    const { status, code } = await send('auth', { path: '/api/auth/signin', body });
    expect([what, status, code]).toEqual([what, 413, 'payload_too_large']);
  }
  expect(services.reached()).toEqual([]);
});

const HALF = 32_000;
const smallBodies: readonly (readonly [string, string | Buffer])[] = [
  ['thirty thousand levels', `${'['.repeat(HALF)}${']'.repeat(HALF)}`],
  ['thirty thousand levels of objects', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`],
  ['levels that do not end', '['.repeat(65_000)],
  ['five thousand keys', `{${Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`).join()}}`],
  ['a long key', `{"${'k'.repeat(60_000)}":1}`],
  ['a prototype', '{"__proto__":{"polluted":true}}'],
  ['a constructor', '{"constructor":{"prototype":{"polluted":true}}}'],
  ['a prototype by escapes', '{"\\u005f_proto__":{"polluted":true}}'],
  [
    'a prototype within',
    '{"data":{"__proto__":{"polluted":true}},"metadata":{"__proto__":{"polluted":true}}}',
  ],
  ['names of methods', '{"toString":1,"valueOf":1,"hasOwnProperty":1,"toJSON":1,"then":1}'],
  ['a byte order mark', '\ufeff{}'],
  ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
  ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ['a zero byte', '{"a":1}\0'],
  ['half a character', '{"name":"\\ud800","email":"\\udfff@x.test"}'],
  ['infinity', '{"amount":1e999,"limit":-1e999}'],
  ['two documents', '{}{}'],
  ['a comment', '{}//'],
  ['single quotes', "{'a':1}"],
  ['a trailing comma', '{"a":1,}'],
  ['NaN', '{"amount":NaN}'],
  ['a number', '1'],
  ['a text', '"text"'],
  ['null', 'null'],
  ['a list', '[{}]'],
];

test.each(cases)('%s: small nonsense is refused in few words', async (_name, { service, route, path }) => {
  for (const [what, body] of smallBodies) {
    const { status, bytes } = await send(service, { method: route.method, path, body });
    expect([what, status]).toEqual([what, 400]);
    expect(bytes).toBeLessThan(8_000);
  }
  expect(services.reached()).toEqual([]);
  expect(services.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
});

const TYPES = [
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', ''],
  ...[
    'application/jsonp',
    'application/json, text/plain',
    'text/plain; application/json',
    ' ',
    '*/*',
    'null',
  ],
  ...[
    'application/javascript',
    'application/xml',
    'json',
    'application/',
    'application/json\u00e9',
    'image/json',
  ],
];

test.each(cases)('%s takes no form and no text, which pages elsewhere may send', async (_name, known) => {
  const { service, route, path } = known;
  for (const type of TYPES) {
    const headers = { 'Content-Type': type };
    const { status } = await send(service, { method: route.method, path, headers, body: '{}' });
    expect([type, status]).toEqual([type, 415]);
  }
  expect(services.reached()).toEqual([]);
});

test('the last of equal keys counts, and is what was checked', async () => {
  const body = '{"provider":"paypal","price":"pro","amount":-1,"amount":5,"price":"donation"}';
  await send('payment', { path: '/api/payments/create-intent', body });
  expect(services.reached().map(({ request }) => request.body)).toEqual([
    { provider: 'paypal', price: 'donation', amount: 5 },
  ]);
});

test('base64 and text say the same', async () => {
  const text = JSON.stringify({ provider: 'stripe', price: 'pro' });
  const path = '/api/payments/create-intent';
  for (const body of [text, Buffer.from(text)])
    await send('payment', { path, body, headers: { 'Content-Type': 'application/json' } });
  const [plain, encoded] = services.reached().map(({ request }) => request);
  expect(plain?.body).toEqual(encoded?.body);
  expect(plain?.rawBody.equals(encoded?.rawBody ?? Buffer.alloc(0))).toBe(true);
});

test('every service has been asked', () => {
  expect(new Set(ROUTES.map(({ service }) => service))).toEqual(new Set(Object.keys(CONTRACTS)));
});
