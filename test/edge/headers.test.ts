import type { Context } from 'aws-lambda';
import type { Identity } from '#shared/http/request';
import { type ApiRequest, apiEvent } from '../support/api-event';
import { ADMIN, makeNotingServices } from './noting-services';

const services = makeNotingServices({ validate: true });
afterEach(() => {
  services.be(null);
  services.reached();
});

const send = async (request: ApiRequest) => {
  const answer = await services.handlers.payment?.(apiEvent(request), {} as Context);
  return { status: answer?.statusCode, code: JSON.parse(answer?.body || 'null')?.code as unknown };
};

const path = '/api/payments/create-intent';
const body = { provider: 'stripe', price: 'pro' };
const byCookie: Identity = { ...ADMIN, via: 'cookie', csrfToken: 'right' };

test.each<[string, Record<string, string | string[]>]>([
  ['two credentials', { Authorization: ['Bearer a', 'Bearer b'] }],
  ['one credential twice', { Authorization: ['Bearer a', 'Bearer a'] }],
  ['two names for credentials', { Authorization: 'Bearer a', authorization: 'Bearer b' }],
  ['two types', { 'Content-Type': ['text/plain', 'application/json'] }],
  ['two types by two names', { 'Content-Type': 'application/json', 'content-TYPE': 'application/json' }],
  ['two tokens', { 'X-CSRF-Token': ['wrong', 'right'] }],
  ['two origins', { Origin: ['https://evil.test', 'http://127.0.0.1:4000'] }],
  ['two sites', { 'Sec-Fetch-Site': ['cross-site', 'same-origin'] }],
  ['two keys', { 'Idempotency-Key': ['1', '2'] }],
])('%s are refused by everybody, signed in or not', async (_what, headers) => {
  for (const who of [null, ADMIN, byCookie]) {
    services.be(who);
    expect(await send({ path, body, headers })).toEqual({ status: 400, code: 'request_invalid' });
  }
  expect(services.reached()).toEqual([]);
});

test.each(['AUTHORIZATION', 'authorization', 'aUtHoRiZaTiOn'])('%s is one name', async (name) => {
  services.be(ADMIN);
  expect((await send({ path, body, headers: { [name]: 'Bearer x' } })).status).toBe(201);
});

test.each<[string, Record<string, string>]>([
  ['text', { 'Content-Type': 'text/plain' }],
  ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['a form with a file', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['JSON', { 'Content-Type': 'application/json' }],
  ['JSON and a guess', { 'Content-Type': 'application/json', 'X-CSRF-Token': 'guess' }],
  ['JSON from nowhere', { 'Content-Type': 'application/json', 'X-CSRF-Token': 'right', Origin: 'null' }],
])('a page elsewhere that sends %s with the cookie changes nothing', async (_what, headers) => {
  services.be(byCookie);
  const { status } = await send({ path, body, headers: { Origin: 'https://evil.test', ...headers } });
  expect(status).toBe(403);
  expect(services.reached()).toEqual([]);
});

test('what handlers see of headers has no names but those that came', async () => {
  services.be(ADMIN);
  const odd = { __proto__: null, constructor: 'x', toString: 'x' };
  await send({ path, body, headers: { ...odd, ['__proto__']: 'x' } });
  const [seen] = services.reached();
  expect(Object.keys(seen?.request.headers ?? {}).sort()).toEqual([
    'constructor',
    'content-type',
    'tostring',
  ]);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});
