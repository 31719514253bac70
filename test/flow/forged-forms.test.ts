import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { httpHandler } from '#shared/http/http-handler';
import { callLimiter } from '#shared/http/limit-call';
import type { HandlersOf } from '#shared/http/request';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { type Contract, defineContract, type Route } from '#shared/kernel/route';
import type { ApiAnswer, ApiRequest } from '../support/api-event';
import { call } from '../support/api-event';
import {
  type AuthTest,
  type AuthTestDatabase,
  newEmail,
  openAuthTest,
  PASSWORD,
  SITE,
} from '../support/auth-service';
import { makeKeptLog } from '../support/kept-log';
import { wideLimits } from '../support/wide-limits';

/**
 * What a foreign page can make a browser send without asking: forms (OWASP ASVS 5.0, 3.5.1 to 3.5.3), with our cookies on
 * them. Made for every route of every contract, so that a new one is tried as well.
 */
let databases: AuthTestDatabase;
let auth: AuthTest;
let cookie: string;

const contracts = new Map<string, Contract>();

beforeAll(async () => {
  databases = await openAuthTest();
  auth = databases.start();
  const { email, token, id } = await auth.signUp();
  await databases.admin.query("insert into private.roles (user_id, role) values ($1, 'admin')", [id]);
  const login = (await auth.get('csrf-token')).cookies[0]?.split(';')[0];
  cookie = `${SESSION_COOKIE}=${token}; ${login}`;
  body.email = email;

  const root = join(__dirname, '..', '..', 'services');
  for (const name of readdirSync(root)) {
    const file = join(root, name, 'contract.ts');
    if (!existsSync(file)) continue;
    const found = Object.values((await import(file)) as Record<string, Contract>)[0];
    if (found !== undefined) contracts.set(name, found);
  }
});

afterAll(() => databases.close());

/** Fits as many routes as it can. */
const body: Record<string, string> = {
  email: newEmail(),
  password: PASSWORD,
  current_password: PASSWORD,
  refresh_token: 'x',
  type: 'signup',
  token: '123456',
  provider: 'stripe',
  price: 'pro',
};

const encoded = new URLSearchParams(body).toString();
const parts = Object.entries(body).map(
  ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
);

const forms: readonly (readonly [string, Record<string, string>, string])[] = [
  ['text/plain', { 'Content-Type': 'text/plain' }, JSON.stringify(body)],
  ['text/plain that says json', { 'Content-Type': 'text/plain; application/json' }, JSON.stringify(body)],
  ['urlencoded', { 'Content-Type': 'application/x-www-form-urlencoded' }, encoded],
  [
    'json as a field name',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    `${JSON.stringify(body)}=`,
  ],
  ['multipart', { 'Content-Type': 'multipart/form-data; boundary=b' }, `${parts.join('')}--b--`],
  ['no type', { 'Content-Type': '' }, JSON.stringify(body)],
  ['no body', {}, ''],
];

const origins: readonly Record<string, string>[] = [
  { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' },
  { Origin: 'https://evil.test' },
  { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { Origin: `https://sub.${new URL(SITE).host}`, 'Sec-Fetch-Site': 'same-site' },
];

const changes = ({ method }: Route): boolean => method !== 'GET';

const pathOf = ({ path }: Route): string =>
  path.replaceAll(/\{[^}]+\}/g, '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa');

/** A service whose handlers do nothing but tell that they were reached. */
const standIn = (contract: Contract, reached: (id: string) => void) => {
  const database = databases.as('tandem_payment');
  const names = Object.keys(contract);
  const handlers = Object.fromEntries(
    names.map((id) => [
      id,
      async () => {
        reached(id);
        return { body: { success: true } };
      },
    ]),
  );
  const authenticate = makeAuthenticate({ database, verifyAccessToken: async () => null, now: Date.now });
  return httpHandler({
    log: makeKeptLog().log,
    service: async () => ({
      contract: defineContract(contract),
      handlers: handlers as HandlersOf<Contract>,
      authenticate,
      allowedOrigins: [SITE],
      limiter: callLimiter(wideLimits(database).limiter),
    }),
  });
};

const tryForms = async (
  contract: Contract,
  send: (request: ApiRequest) => Promise<ApiAnswer>,
  cookies: Record<string, string> = { Cookie: cookie },
) => {
  const accepted: string[] = [];
  let sent = 0;
  for (const [id, route] of Object.entries(contract)) {
    // A provider's signature is over the body, and no cookie is looked at.
    if (!changes(route) || route.auth === 'signature') continue;
    for (const [form, headers, text] of forms) {
      for (const origin of origins) {
        sent += 1;
        const { status } = await send({
          method: route.method,
          path: pathOf(route),
          headers: { ...cookies, ...headers, ...origin },
          ...(text === '' ? {} : { body: text }),
        });
        if (status < 400) accepted.push(`${id}: ${form} from ${JSON.stringify(origin)}`);
      }
    }
  }
  return { accepted, sent };
};

test('no form of a foreign page changes anything at the auth service', async () => {
  const contract = contracts.get('auth') ?? {};
  const { accepted, sent } = await tryForms(contract, auth.send);
  expect(accepted).toEqual([]);
  expect(sent).toBe(Object.values(contract).filter(changes).length * forms.length * origins.length);
  expect(sent).toBeGreaterThan(500);
  // Neither signed out, nor renewed, nor deleted.
  expect((await auth.get('sessions', { Cookie: cookie })).body.sessions).toHaveLength(1);
});

test('nor takes the session from a browser that keeps its cookies back', async () => {
  const { accepted } = await tryForms(contracts.get('auth') ?? {}, auth.send, {});
  expect(accepted).toEqual([]);
});

test('nor reaches a handler of any other service', async () => {
  expect([...contracts.keys()]).toEqual(expect.arrayContaining(['auth', 'health', 'payment', 'webhook']));
  for (const [name, contract] of contracts) {
    if (name === 'auth') continue;
    const reached: string[] = [];
    const handler = standIn(contract, (id) => reached.push(id));
    const { accepted } = await tryForms(contract, (request) => call(handler, request));
    expect([name, accepted, reached]).toEqual([name, [], []]);
  }
});

test('and the same page may, with its token and as JSON', async () => {
  const { csrf_token } = (await auth.get('csrf-token', { Cookie: cookie })).body;
  const headers = { Cookie: cookie, Origin: SITE, 'Sec-Fetch-Site': 'same-site' };
  const change = (more: Record<string, string>) =>
    auth.send({
      method: 'PATCH',
      path: '/api/auth/profile',
      headers: { ...headers, ...more },
      body: { name: 'Grace' },
    });
  expect((await change({})).body.code).toBe('csrf_invalid');
  expect((await change({ 'X-CSRF-Token': csrf_token })).status).toBe(200);
});

test('no origin but the allowed one may read an answer', async () => {
  const { host } = new URL(SITE);
  const hosts = [
    ...['evil.test', `evil-${host}`, `evil.${host}`, `${host}.evil.test`, `${host}evil.test`, `x${host}`],
    ...[host.slice(1), host.slice(0, -1), `${host}.`, `.${host}`, `${host}:443`, `${host}:8443`, `${host}:`],
    ...[`${host}%00.evil.test`, `${host}\u0000.evil.test`, `${host}\\.evil.test`, `${host}_.evil.test`],
    ...[`u@${host}`, `${host}@evil.test`, `evil.test/${host}`, `evil.test#${host}`, `evil.test?${host}`],
    ...[
      host.toUpperCase(),
      host.replace('.', '%2e'),
      `[${host}]`,
      'localhost',
      '127.0.0.1',
      '169.254.169.254',
    ],
  ];
  const schemes = ['https://', 'http://', 'HTTPS://', 'ws://', 'file://', 'chrome-extension://', '//', ''];
  const ends = ['', '/', ' ', '#', '?', ',https://evil.test', ' https://evil.test'];
  const hostile = new Set([
    ...[
      'null',
      '*',
      'undefined',
      'true',
      '',
      ' ',
      ',',
      'about:blank',
      'data:',
      'blob:https://x',
      '\u{1F600}',
    ],
    ...[...hosts, host].flatMap((name) =>
      schemes.flatMap((scheme) => ends.map((end) => `${scheme}${name}${end}`)),
    ),
  ]);
  hostile.delete(SITE);
  expect(hostile.size).toBeGreaterThan(1_000);

  const allowed = async (origin: string) => {
    const { headers } = await auth.get('csrf-token', { Origin: origin });
    expect(headers.vary).toBe('Origin');
    return headers['access-control-allow-origin'] ?? headers['access-control-allow-credentials'];
  };
  const reflected: string[] = [];
  for (const origin of hostile) if ((await allowed(origin)) !== undefined) reflected.push(origin);
  expect(reflected).toEqual([]);
  expect(await allowed(SITE)).toBe(SITE);
});
