import { makeDatabase } from '#shared/database/pool';
import { type AuthOnSupabase, startAuthOnSupabase } from '../support/auth-on-supabase';
import { bearer } from '../support/auth-service';
import { signIn } from '../support/sign-in';

const PASSWORD = 'correct horse battery';

let test: AuthOnSupabase;
beforeAll(async () => {
  test = await startAuthOnSupabase({ confirmEmails: false });
});
afterAll(() => test.close());

it('keeps a banned account out of Supabase itself, by password and by refresh token, until the ban is lifted', async () => {
  const email = 'banned@example.test';
  const { body: made } = await test.post('signup', { email, password: PASSWORD });
  const browser = test.browser();
  const { data } = await browser.auth.signInWithPassword({ email, password: PASSWORD });
  const refreshToken = data.session?.refresh_token ?? '';

  const database = makeDatabase({ connectionString: test.adminUrl, applicationName: 'test' });
  const admin = await signIn(database, 'admin');
  await database.close();
  const banned = await test.post(`users/${made.user.id}/ban`, { reason: 'abuse' }, admin.headers);
  expect(banned.status).toBe(200);

  expect((await test.get('sessions', bearer(made.user.token))).body.code).toBe('session_ended');
  expect((await test.post('signin', { email, password: PASSWORD })).body.code).toBe('credentials_invalid');
  const direct = await browser.auth.signInWithPassword({ email, password: PASSWORD });
  expect(direct.error?.code).toBe('user_banned');
  expect((await browser.auth.refreshSession({ refresh_token: refreshToken })).error).not.toBeNull();

  await test.post(`users/${made.user.id}/unban`, {}, admin.headers);
  expect((await test.post('signin', { email, password: PASSWORD })).status).toBe(200);
});

it('opens nothing of the Data API with the token that a banned account still holds', async () => {
  const [email, friendly] = ['writer@example.test', 'reader@example.test'];
  const { body: made } = await test.post('signup', { email, password: PASSWORD });
  const { body: friend } = await test.post('signup', { email: friendly, password: PASSWORD });
  const browser = test.browser();
  await browser.auth.signInWithPassword({ email, password: PASSWORD });
  const { data: pair } = await browser.rpc('start_conversation', { with_users: [friend.user.id] });
  const say = () => browser.from('messages').insert({ conversation_id: pair, body: 'Hello' });
  expect((await say()).error).toBeNull();

  const database = makeDatabase({ connectionString: test.adminUrl, applicationName: 'test' });
  const admin = await signIn(database, 'admin');
  await database.close();
  await test.post(`users/${made.user.id}/ban`, { reason: 'abuse' }, admin.headers);

  expect((await say()).error?.code).toBe('42501');
  expect((await browser.from('messages').select()).data).toEqual([]);
  expect((await browser.from('user_profiles').select()).data).toEqual([]);
  expect((await browser.rpc('my_conversations')).data).toEqual([]);
});
