import * as z from 'zod/mini';
import { compileRoutes } from '#shared/http/match-route';
import { normalisePath } from '#shared/http/normalise-path';
import { defineContract } from '#shared/kernel/route';

const route = (method: 'GET' | 'POST' | 'DELETE', path: string) =>
  ({
    method,
    path,
    summary: '',
    auth: 'admin',
    rateLimits: [],
    success: { status: 200, body: z.object({}) },
    errors: [],
  }) as const;

const match = compileRoutes(
  defineContract({
    list: route('GET', '/api/things'),
    one: route('GET', '/api/things/{id}'),
    end: route('DELETE', '/api/things/{id}'),
    latest: route('GET', '/api/things/latest'),
    replay: route('POST', '/api/things/{id}/replay'),
    callback: { ...route('GET', '/api/callback'), success: { status: 303, body: z.object({}) } },
  }),
);

const SAME = [
  '/api/things',
  '/api/things/',
  '/api//things',
  '//api/things',
  '///api///things///',
  '/API/Things',
  '/api/THINGS/',
  '/%61pi/things',
  '/api/%74hings',
  '/api/thing%73/',
  'api/things',
];

const NO_ROUTE = [
  '',
  '/',
  '/api',
  '/api/things/..',
  '/api/./things',
  '/api/things/../things',
  '/api/things/%2e%2e',
  '/api/%2e/things',
  '/api%2fthings',
  '/api%2Fthings',
  '/api\\things',
  '/api/%5cthings',
  '/api/things;a=b',
  '/api/things;',
  '/api;/things',
  '/api/things%3bx',
  '/api/..;/things',
  '/api/things%00',
  '/api/things%0a',
  '/api/things%0d%0aSet-Cookie:x',
  '/api/things\u0000',
  '/api/things%20',
  '/api/things ',
  '/api/things%',
  '/api/things%2',
  '/api/things%zz',
  '/api/things%252f',
  '/api/%2574hings',
  '/api/things%3fid=1',
  '/api/things%23',
  '/api/things#x',
  '/api/%ff',
  '/api/%c0%ae',
  '/api/thingsx',
  '/xapi/things',
  '/api/th%E1%BB%8Bngs',
];

test.each(SAME)('%j is the route', (path) => {
  expect(match('GET', path)).toMatchObject({ kind: 'found', id: 'list' });
});

test.each(NO_ROUTE)('%j is no route', (path) => {
  expect(match('GET', path)).toEqual({ kind: 'none' });
});

test('parameters are decoded once and keep their case', () => {
  expect(match('GET', '/api/things/Ab%20C/')).toMatchObject({ id: 'one', params: { id: 'Ab C' } });
  expect(match('GET', '/api/things/a%2fb')).toEqual({ kind: 'none' });
  expect(match('GET', '/api/things/__proto__')).toMatchObject({ id: 'one', params: { id: '__proto__' } });
});

test('a fixed segment wins over a parameter, wherever it stands in the contract', () => {
  expect(match('GET', '/api/things/latest')).toMatchObject({ id: 'latest' });
  expect(match('GET', '/api/things/LATEST/')).toMatchObject({ id: 'latest' });
});

test.each(['TRACE', 'CONNECT', 'OPTIONS', 'PUT', 'get', 'head', ' GET', '__proto__', ''])(
  '%j is not a method of the route',
  (method) => {
    expect(match(method, '/api/things/1')).toEqual({
      kind: 'wrong_method',
      allow: ['GET', 'HEAD', 'DELETE'],
    });
  },
);

test('a letter that only folds to one of ours is another', () => {
  expect(match('GET', '/api/callback')).toMatchObject({ id: 'callback' });
  for (const kelvin of ['\u212a', '%E2%84%AA'])
    expect(match('GET', `/api/callbac${kelvin}`)).toEqual({ kind: 'none' });
});

test('HEAD is served where GET is, but for routes that redeem what they are given', () => {
  expect(match('HEAD', '/api/things/1')).toMatchObject({ kind: 'found', id: 'one' });
  expect(match('HEAD', '/api/callback')).toEqual({ kind: 'wrong_method', allow: ['GET'] });
});

test('what is normalised stays as it is', () => {
  for (const path of SAME) {
    const once = normalisePath(path) ?? '';
    expect(normalisePath(once)).toBe(once);
  }
});
