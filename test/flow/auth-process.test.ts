import { randomUUID } from 'node:crypto';
import { type Database, makeDatabase } from '#shared/database/pool';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { startAwsStub } from '../support/aws-stub';
import { bundleEntry, type EntryBundle } from '../support/entry-process';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { TEST_ACCOUNT_KEY } from '../support/wide-limits';

/** The auth function as it is deployed. */
let bundle: EntryBundle;
let testDatabase: TestDatabase;
let admin: Database;

beforeAll(async () => {
  bundle = bundleEntry('auth');
  testDatabase = await createTestDatabase();
  admin = makeDatabase({ connectionString: testDatabase.adminUrl, applicationName: 'test' });
});

afterAll(async () => {
  bundle.remove();
  await admin.close();
  await testDatabase.drop();
});

const environment = () => ({
  DATABASE_URL: testDatabase.urlFor('tandem_auth'),
  // Nobody listens there.
  SUPABASE_URL: 'http://127.0.0.1:1',
  SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
  SITE_URL: 'http://127.0.0.1:4000/',
  PROVIDER_MODE: 'test',
  ACCOUNT_KEYS: TEST_ACCOUNT_KEY,
  MAIL_QUEUE_URL: 'http://127.0.0.1:1/000000000000/mails',
  SIGN_IN_STEP_MS: '0',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
});

test('is at most 120 kB gzip', () => {
  expect(bundle.gzipBytes).toBeLessThanOrEqual(120_000);
});

test('loads supabase-js, and fetch with it, only where it calls Supabase', async () => {
  const userId = randomUUID();
  const supabaseSessionId = randomUUID();
  const token = makeSessionToken();
  await admin.query('insert into auth.users (id, email) values ($1, $2)', [userId, 'a@example.test']);
  await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [supabaseSessionId, userId]);
  await admin.query(
    `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
     values ($1, $2, $3, 'password', now() + interval '1 day', now() + interval '1 day')`,
    [userId, hashSessionToken(token), supabaseSessionId],
  );
  const headers = { Authorization: `Bearer ${token}` };
  const body = { email: 'a@example.test', password: 'some password' };
  const supabase = await startAwsStub();
  supabase.otherwise = { status: 400, body: { error_code: 'invalid_credentials' } };
  const { results } = await bundle.run(
    [
      { request: { path: '/api/auth/profile/', headers } },
      { request: { path: '/api/auth/signin', body: { ...body, email: 'nobody' } } },
      { request: { path: '/api/auth/signin', body } },
    ],
    { ...environment(), SUPABASE_URL: supabase.url },
  );
  await supabase.close();

  expect(results[0]).toMatchObject({ status: 200, undici: [], sdks: [] });
  expect(results[1]).toMatchObject({ status: 400, undici: [], sdks: [] });
  expect(results[1]?.body.errors).toEqual([{ pointer: '/body/email', message: 'Invalid email address' }]);
  expect(results[2]).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
  expect(results[2]?.sdks).toEqual([expect.stringContaining('supabase-js')]);
});

test('says 503 when nobody answers where Supabase should be', async () => {
  const request = { path: '/api/auth/signin', body: { email: 'a@example.test', password: 'some password' } };
  const { results } = await bundle.run([{ request }], environment());
  expect(results[0]).toMatchObject({ status: 503, body: { code: 'identity_unavailable' } });
});

test('says what its configuration lacks in the log alone, and starts once it is there', async () => {
  const request = { path: '/api/auth/csrf-token' };
  const { results, log } = await bundle.run([{ request }, { env: environment(), request }]);

  expect(results[0]).toMatchObject({ status: 500, body: { code: 'internal' } });
  expect(results[0]?.body.detail).toBeUndefined();
  expect(log).toContain('DATABASE_URL (missing)');
  expect(results[1]).toMatchObject({ status: 200, body: { success: true } });
});
