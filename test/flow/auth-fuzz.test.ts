import fc from 'fast-check';
import { type Database, makeDatabase } from '#shared/database/pool';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { authContract } from '../../services/auth/contract';
import { wireService } from '../../services/auth/wire-service';
import { call } from '../support/api-event';
import { FAKE_JWT_SECRET, makeFakeIdentity } from '../support/fake-identity';
import { type LogLine, makeKeptLog } from '../support/kept-log';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { makeTestMails } from '../support/test-mails';
import { wideLimits } from '../support/wide-limits';

/** Whatever comes in: no answer is our fault, every answer is JSON in one of our two shapes. */
let testDatabase: TestDatabase;
let database: Database;
let admin: Database;
let handler: HttpHandler;
let lines: LogLine[];
let token: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = makeDatabase({ connectionString: testDatabase.adminUrl, applicationName: 'test' });
  database = makeDatabase({ connectionString: testDatabase.urlFor('tandem_auth'), applicationName: 'auth' });
  const kept = makeKeptLog();
  lines = kept.lines;
  const verifyAccessToken = makeVerifyAccessToken({
    supabaseUrl: 'http://supabase.test',
    jwtSecret: FAKE_JWT_SECRET,
    now: Date.now,
    loadKeySet: async () => ({ keys: [] }),
  });
  const parts = {
    database,
    identity: makeFakeIdentity({ admin }),
    verifyAccessToken,
    allowedOrigins: [],
    siteUrl: 'http://127.0.0.1:4000',
    redirectUrls: [],
  };
  const mails = makeTestMails(database, parts.identity);
  handler = httpHandler({
    log: kept.log,
    service: async () => wireService({ ...parts, ...mails.parts, ...wideLimits(database), now: Date.now }),
  });
});

afterAll(async () => {
  await database.close();
  await admin.close();
  await testDatabase.drop();
});

const FIELDS = [
  ...[
    'email',
    'password',
    'name',
    'data',
    'refresh_token',
    'current_password',
    'type',
    'token_hash',
    'token',
  ],
  ...['avatar_url', 'metadata', 'preferences', 'locale', 'theme', 'timezone', 'email_receipts', '__proto__'],
];

const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '\uffff',
    '\u202e',
    "' or 1=1 --",
    '$1',
    '%s',
    '{{x}}',
    '\r\n',
  ],
  ...[
    'fuzz@example.test',
    'FUZZ@EXAMPLE.TEST',
    'a@b',
    'https://example.test/\u0000',
    'https://x',
    'HTTPS://X',
    'en',
  ],
  ...[
    'fuzz password',
    'Europe/Berlin',
    '+01:00',
    'Etc/GMT+5',
    'recovery',
    'signup',
    'dark',
    'x'.repeat(3_000),
    '1e999',
  ],
  ...['infinity', '-infinity', '{}', '[]', 'null', 'true', 'undefined', 'NaN'],
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nasty },
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(nasty, { maxLength: 3 }),
  fc.dictionary(
    fc.oneof(fc.constantFrom(...FIELDS), fc.string()),
    fc.oneof(nasty, fc.double(), fc.jsonValue()),
    {
      maxKeys: 4,
    },
  ),
);
const body = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 5 }) },
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
);
const header = fc.oneof(nasty, fc.string({ unit: 'binary' }));
const headers = fc.dictionary(
  fc.constantFrom('X-CSRF-Token', 'Cookie', 'User-Agent', 'Origin', 'Sec-Fetch-Site', 'X-Any', '__proto__'),
  header,
  { maxKeys: 3 },
);
const credential = fc.oneof(
  fc.constant('none' as const),
  fc.constant('own' as const),
  header.map((text) => `Bearer ${text}`),
);
const segment = fc.oneof(
  nasty,
  fc.uuid(),
  fc.constantFrom('..', '%2e%2e', '%00', '%', '%ff', ';x', 'profile', 'sessions'),
);

const KNOWN = new Set([200, 201, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422]);

const check = async (request: Parameters<typeof call>[1]): Promise<void> => {
  const answer = await call(handler, request);
  expect(KNOWN).toContain(answer.status);
  if (request.method === 'HEAD') expect(answer.body).toBeNull();
  else if (answer.status < 400) expect(answer.body.success).toBe(true);
  else
    expect(answer.body).toMatchObject({
      status: answer.status,
      code: expect.any(String),
      title: expect.any(String),
    });
};

const given = (who: string, more: Record<string, string>) =>
  who === 'none' ? more : { ...more, Authorization: who === 'own' ? `Bearer ${token}` : who };

/** Each route has an account of its own: some end the session, and one the account. */
const signUp = async (email: string): Promise<string> => {
  const asked = { email, password: 'fuzz password' };
  return (await call(handler, { path: '/api/auth/signup', body: asked })).body.user.token;
};

test.each(Object.entries(authContract))('%s', async (routeId, route) => {
  token = await signUp(`fuzz-${routeId.toLowerCase()}@example.test`);
  await fc.assert(
    fc.asyncProperty(body, headers, credential, fc.uuid(), async (sent, more, who, id) => {
      const path = route.path.replace(/\{\w+\}/, id);
      await check({ path, method: route.method, body: sent, headers: given(who, more) });
    }),
    { numRuns: 120 },
  );
});

/** Bodies that come close: what the contract lets through must also be what the tables take. */
test('profile changes at the edges of what is allowed', async () => {
  token = await signUp('fuzz-edges@example.test');
  const seen = new Map<number, number>();
  const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 130 }), fc.string({ maxLength: 130 }));
  const tag = fc.stringMatching(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$/);
  const change = fc.oneof(
    fc.record({ name: text }),
    fc.record({ avatar_url: fc.oneof(fc.webUrl({ validSchemes: ['https'] }), text, fc.constant(null)) }),
    fc.record({
      metadata: fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,63}$/), fc.oneof(text, fc.double())),
    }),
    fc.record({ preferences: fc.record({ locale: fc.oneof(tag, text) }) }),
    fc.record({
      preferences: fc.record({
        timezone: fc.oneof(fc.constantFrom(...Intl.supportedValuesOf('timeZone')), text),
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(change, async (sent) => {
      const request = { path: '/api/auth/profile', method: 'PATCH', headers: given('own', {}), body: sent };
      const { status } = await call(handler, request);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }),
    { numRuns: 1_000 },
  );
  expect([...seen.keys()].sort()).toEqual([200, 400]);
  expect(seen.get(200)).toBeGreaterThan(250);
});

test.each(['/api/auth/update-password', '/api/auth/signout'])('%s, by strangers', async (path) => {
  await fc.assert(
    fc.asyncProperty(body, headers, header, async (sent, more, text) => {
      await check({
        path,
        method: 'POST',
        body: sent,
        headers: { ...more, Authorization: `Bearer ${text}` },
      });
    }),
    { numRuns: 120 },
  );
});

test('paths and methods', async () => {
  const method = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE');
  await fc.assert(
    fc.asyncProperty(fc.array(segment, { maxLength: 4 }), method, async (segments, verb) => {
      await check({ path: `/api/auth/${segments.join('/')}`, method: verb, headers: given('own', {}) });
    }),
    { numRuns: 1_000 },
  );
});

test('left nothing behind: no error logged, no prototype changed, the session still lives', async () => {
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect((await call(handler, { path: '/api/auth/profile', headers: given('own', {}) })).status).toBe(200);
});
