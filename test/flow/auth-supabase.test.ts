import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { type Database, makeDatabase } from '#shared/database/pool';
import { httpHandler } from '#shared/http/http-handler';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import { makeSecretClient } from '#shared/supabase/secret-client';
import { makeUserClient } from '#shared/supabase/user-client';
import { type MailCatcher, startMailCatcher } from '../../local/mail/start-mail-catcher';
import { type Supabase, startSupabase } from '../../local/supabase/start-supabase';
import { makeSupabaseIdentity } from '../../services/auth/providers/supabase-identity';
import { wireService } from '../../services/auth/wire-service';
import { type ApiAnswer, type ApiRequest, call } from '../support/api-event';
import { type LogLine, makeKeptLog } from '../support/kept-log';
import { createTestDatabase, type TestDatabase } from '../support/postgres';
import { makeTestMails } from '../support/test-mails';
import { wideLimits } from '../support/wide-limits';

const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const PUBLISHABLE_KEY = 'sb_publishable_TandemFlowTest_x';
const SECRET_KEY = 'sb_secret_TandemFlowTest_x';
const PASSWORD = 'correct horse battery';

let testDatabase: TestDatabase;
let database: Database;
let mail: MailCatcher;
let supabase: Supabase;
let lines: LogLine[];
let send: (request: ApiRequest) => Promise<ApiAnswer>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = makeDatabase({ connectionString: testDatabase.urlFor('tandem_auth'), applicationName: 'auth' });
  mail = await startMailCatcher({ smtpPort: 0, httpPort: 0 });
  supabase = await startSupabase(
    {
      port: 0,
      authDatabaseUrl: testDatabase.urlFor('supabase_auth_admin'),
      dataDatabaseUrl: testDatabase.adminUrl,
      jwtSecret: JWT_SECRET,
      publishableKey: PUBLISHABLE_KEY,
      secretKey: SECRET_KEY,
      siteUrl: 'http://127.0.0.1:4000',
      smtpPort: mail.smtpPort,
    },
    () => undefined,
  );
  const kept = makeKeptLog();
  lines = kept.lines;
  const identity = makeSupabaseIdentity({
    url: supabase.url,
    publishableKey: PUBLISHABLE_KEY,
    log: kept.log,
  });
  const mails = makeTestMails(database, identity);
  const handler = httpHandler({
    log: kept.log,
    service: async () =>
      wireService({
        database,
        identity,
        verifyAccessToken: makeVerifyAccessToken({
          supabaseUrl: supabase.url,
          jwtSecret: JWT_SECRET,
          now: Date.now,
        }),
        allowedOrigins: [],
        ...wideLimits(database),
        siteUrl: 'http://127.0.0.1:4000',
        redirectUrls: [],
        now: Date.now,
        ...mails.parts,
      }),
  });
  send = async (request) => {
    const answer = await call(handler, request);
    await mails.deliver();
    return answer;
  };
});

afterAll(async () => {
  await supabase.close();
  await mail.close();
  await database.close();
  await testDatabase.drop();
});

let counter = 0;
const newEmail = (): string => {
  counter += 1;
  return `ada-${counter}@example.test`;
};
const post = (route: string, body: unknown, headers: ApiRequest['headers'] = {}) =>
  send({ path: `/api/auth/${route}`, method: 'POST', body, headers });
const get = (route: string, token: string) => send({ path: `/api/auth/${route}`, headers: bearer(token) });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const browser = (): SupabaseClient =>
  createClient(supabase.url, PUBLISHABLE_KEY, { auth: { persistSession: false, autoRefreshToken: false } });

const signUp = async () => {
  const email = newEmail();
  const answer = await post('signup', { email, password: PASSWORD, name: 'Ada', data: { team: 'blue' } });
  expect(answer.status).toBe(201);
  return { email, user: answer.body.user, session: answer.body.supabase_session };
};

test('sign-up and sign-in give a session that supabase-js takes over', async () => {
  const { email, session } = await signUp();
  const again = await post('signin', { email, password: PASSWORD });
  expect(again.body.user.name).toBe('Ada');

  for (const { access_token, refresh_token } of [session, again.body.supabase_session]) {
    const client = browser();
    const { data, error } = await client.auth.setSession({ access_token, refresh_token });
    expect(error).toBeNull();
    expect(data.user?.email).toBe(email);
    const { data: rows } = await client.from('user_profiles').select('email, name, metadata');
    expect(rows).toEqual([{ email, name: 'Ada', metadata: { team: 'blue' } }]);
  }
});

test('an account made with supabase-js has a profile and may use our routes', async () => {
  const email = newEmail();
  const { data } = await browser().auth.signUp({
    email,
    password: PASSWORD,
    options: { data: { full_name: 'Grace Hopper' } },
  });
  const token = data.session?.access_token ?? '';
  expect((await get('profile', token)).body.profile).toMatchObject({ email, name: 'Grace Hopper' });
  expect((await get('sessions', token)).body.sessions).toEqual([]);
});

test('wrong passwords, absent accounts and taken addresses in our words', async () => {
  const { email } = await signUp();
  const wrong = await post('signin', { email, password: 'wrong-password' });
  const absent = await post('signin', { email: newEmail(), password: 'wrong-password' });
  const heard = ({ headers, ...answer }: ApiAnswer) => ({
    ...answer,
    headers: { ...headers, ratelimit: '' },
  });
  expect(heard(wrong)).toEqual(heard(absent));
  expect(wrong.body.code).toBe('credentials_invalid');
  expect((await post('signup', { email, password: PASSWORD })).body.code).toBe('email_rejected');
});

test('refresh rotates; a spent token is refused', async () => {
  const { session } = await signUp();
  const once = await post('refresh', { refresh_token: session.refresh_token });
  expect(once.status).toBe(200);
  expect((await get('profile', once.body.supabase_session.access_token)).status).toBe(200);
  expect((await post('refresh', { refresh_token: 'no-such-token' })).body.code).toBe('session_ended');
});

test('sign-out here ends the session at Supabase, and sign-out there ends it here', async () => {
  const here = await signUp();
  await post('signout', {}, bearer(here.user.token));
  const { error } = await browser().auth.getUser(here.session.access_token);
  expect(error?.message).toMatch(/session/i);
  expect((await post('refresh', { refresh_token: here.session.refresh_token })).body.code).toBe(
    'session_ended',
  );

  const there = await signUp();
  const client = browser();
  await client.auth.setSession(there.session);
  await client.auth.signOut();
  expect((await get('profile', there.user.token)).body.code).toBe('session_ended');
});

test('a new password by the old one', async () => {
  const { email, user, session } = await signUp();
  const answer = await post(
    'update-password',
    { password: 'another password', current_password: PASSWORD },
    bearer(user.token),
  );
  expect(answer.status).toBe(200);
  expect((await get('profile', user.token)).body.code).toBe('session_ended');
  expect((await get('sessions', session.access_token)).body.code).toBe('session_ended');
  expect((await get('sessions', answer.body.supabase_session.access_token)).body.sessions).toHaveLength(1);
  expect((await post('signin', { email, password: PASSWORD })).status).toBe(401);
  expect((await post('signin', { email, password: 'another password' })).status).toBe(200);
});

test('a forgotten password: mail, code, new password', async () => {
  const { email } = await signUp();
  expect((await post('reset-password', { email })).body).toEqual({ success: true });
  expect((await post('reset-password', { email: newEmail() })).body).toEqual({ success: true });
  const [message] = mail.messages(email);
  const token = /\b\d{6}\b/.exec(message?.text ?? '')?.[0];

  expect((await post('verify', { email, token: '000000', type: 'recovery' })).body.code).toBe(
    'verification_invalid',
  );
  const recovered = await post('verify', { email, token, type: 'recovery' });
  expect(recovered.status).toBe(200);
  const { access_token } = recovered.body.supabase_session;
  const changed = await post('update-password', { password: 'a third password' }, bearer(access_token));
  expect(changed.status).toBe(200);
  expect((await get('profile', changed.body.user.token)).status).toBe(200);
  expect((await post('signin', { email, password: 'a third password' })).status).toBe(200);
  expect((await post('verify', { email, token, type: 'recovery' })).body.code).toBe('verification_invalid');
});

test('a password that Supabase refuses', async () => {
  const { user } = await signUp();
  const same = await post(
    'update-password',
    { password: PASSWORD, current_password: PASSWORD },
    bearer(user.token),
  );
  expect([same.status, same.body.code]).toEqual([422, 'password_rejected']);
  expect(same.body.detail).toBe('It is the same as before.');
});

test('three clients, three powers', async () => {
  const one = await signUp();
  await signUp();
  const project = { url: supabase.url, timeoutMs: 5_000 };
  const asUser = await makeUserClient(project, PUBLISHABLE_KEY, one.session.access_token);
  expect((await asUser.from('user_profiles').select('id')).data).toEqual([{ id: one.user.id }]);
  await expect(makeUserClient(project, PUBLISHABLE_KEY, 'nonsense')).rejects.toThrow();
  expect((await browser().from('user_profiles').select('id')).error?.code).toBe('42501');
  // Passes by row-level security, not by grants: nothing here grants it anything.
  const secret = await makeSecretClient(project, SECRET_KEY);
  expect((await secret.from('user_profiles').select('id')).error?.code).toBe('42501');
});

test('Supabase away is 503, and says nothing of where it should be', async () => {
  const { log } = makeKeptLog();
  const identity = makeSupabaseIdentity({ url: 'http://127.0.0.1:1', publishableKey: PUBLISHABLE_KEY, log });
  const asked = { email: newEmail(), password: PASSWORD };
  for (const attempt of [
    () => identity.signIn(asked),
    () => identity.signUp({ ...asked, metadata: {} }),
    () => identity.sendRecovery(asked.email),
    () => identity.verify({ type: 'email', email: asked.email, token: '123456' }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'identity_unavailable', detail: undefined });
  }
});

test('no 5xx, and no address or password in the log', () => {
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  const log = JSON.stringify(lines);
  expect(log).not.toContain('example.test');
  expect(log).not.toContain(PASSWORD);
});
