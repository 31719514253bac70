import { type AuthOnSupabase, LOCAL_SITE, startAuthOnSupabase } from '../support/auth-on-supabase';
import { bearer, cookieOf, newEmail, PASSWORD } from '../support/auth-service';
import { type GithubStandIn, startGithubStandIn } from '../support/github-stand-in';

/** Against the embedded Supabase, with addresses that must be confirmed and a GitHub to sign in at. */
let auth: AuthOnSupabase;
let github: GithubStandIn;
let ada: Awaited<ReturnType<typeof enter>>;

beforeAll(async () => {
  github = await startGithubStandIn();
  const social = { github: { clientId: 'client', secret: 'secret', url: github.url } };
  auth = await startAuthOnSupabase({ confirmEmails: true, social });
  ada = await enter();
});

afterAll(async () => {
  await auth.close();
  await github.close();
});

const enter = async (email = newEmail()) => {
  expect((await auth.post('signup', { email, password: PASSWORD, name: 'Ada' })).status).toBe(201);
  const proof = { email, token: auth.codeFor(email), type: 'signup' };
  const { body } = await auth.post('verify', proof);
  return { email, user: body.user, session: body.supabase_session };
};

test('a new account waits for its confirmation, which can be sent again and counts once', async () => {
  const email = newEmail();
  const waiting = await auth.post('signup', { email, password: PASSWORD, name: 'Ada' });
  expect(waiting.body).toMatchObject({ user: { email, token: null }, supabase_session: null });
  const first = auth.codeFor(email);
  expect((await auth.post('signin', { email, password: PASSWORD })).body.code).toBe('credentials_invalid');

  expect((await auth.post('resend', { email })).body).toEqual({ success: true });
  expect(auth.mail.messages(email)).toHaveLength(2);
  const second = auth.codeFor(email);
  expect((await auth.post('verify', { email, token: first, type: 'signup' })).status).toBe(401);
  const proof = { email, token: second, type: 'signup' };
  const verified = await auth.post('verify', proof);
  expect(verified.body).toMatchObject({ user: { email, name: 'Ada', token: expect.any(String) } });
  expect((await auth.post('verify', proof)).body.code).toBe('verification_invalid');
  expect((await auth.post('signin', { email, password: PASSWORD })).status).toBe(200);

  await auth.post('resend', { email });
  await auth.post('resend', { email: newEmail() });
  expect(auth.mail.messages(email)).toHaveLength(2);
});

test('a magic link, for accounts alone', async () => {
  const { email } = ada;
  const stranger = newEmail();
  for (const address of [email, stranger]) {
    expect((await auth.post('magic-link', { email: address })).body).toEqual({ success: true });
  }
  expect(auth.mail.messages(stranger)).toEqual([]);
  const proof = { email, token: auth.codeFor(email), type: 'magiclink' };
  expect((await auth.post('verify', proof)).body.user).toMatchObject({ email, token: expect.any(String) });
  expect((await auth.post('verify', proof)).status).toBe(401);
});

test('a new address confirms itself, and the old one is nobody any more', async () => {
  const { email: old, user } = await enter();
  const email = newEmail();
  const ask = (address: string) =>
    auth.post('email', { email: address, current_password: PASSWORD }, bearer(user.token));
  expect((await ask(email)).body).toEqual({ success: true });
  const before = auth.mail.messages(ada.email).length;
  expect((await ask(ada.email)).body).toEqual({ success: true });
  expect(auth.mail.messages(ada.email)).toHaveLength(before);

  const proof = { email, token: auth.codeFor(email), type: 'email_change' };
  expect((await auth.post('verify', proof)).status).toBe(200);
  expect((await auth.get('profile', bearer(user.token))).body.profile.email).toBe(email);
  expect((await auth.post('signin', { email, password: PASSWORD })).status).toBe(200);
  expect((await auth.post('signin', { email: old, password: PASSWORD })).status).toBe(401);
});

test('GitHub and back, with PKCE', async () => {
  github.person = { id: 7, login: 'grace', name: 'Grace Hopper', email: newEmail() };
  const start = await auth.send({ path: '/api/auth/oauth/github', query: { redirect_to: '/welcome' } });
  expect(start.status).toBe(303);
  const atSupabase = await fetch(String(start.headers.location), { redirect: 'manual' });
  const atGithub = await fetch(atSupabase.headers.get('location') ?? '', { redirect: 'manual' });
  const back = await fetch(atGithub.headers.get('location') ?? '', { redirect: 'manual' });
  const callback = new URL(back.headers.get('location') ?? 'http://none.test');
  expect(callback.origin + callback.pathname).toBe(`${LOCAL_SITE}/api/auth/callback`);

  const query = Object.fromEntries(callback.searchParams);
  const stolen = await auth.send({ path: '/api/auth/callback', query });
  expect(stolen.headers.location).toBe(`${LOCAL_SITE}/?auth_error=verification_invalid`);
  const end = await auth.send({ path: '/api/auth/callback', query, headers: { Cookie: cookieOf(start) } });
  expect(end.headers.location).toBe(`${LOCAL_SITE}/welcome`);
  const profile = await auth.get('profile', { Cookie: cookieOf(end) });
  expect(profile.body.profile).toMatchObject({ email: github.person.email, name: 'Grace Hopper' });

  const google = await auth.send({ path: '/api/auth/oauth/google' });
  expect([google.status, google.body.code]).toEqual([409, 'not_supported']);
});

test('20 parallel refreshes with one token: all live, and all are one session', async () => {
  const { email } = ada;
  await auth.post('magic-link', { email });
  const entered = await auth.post('verify', { email, token: auth.codeFor(email), type: 'magiclink' });
  const { user, supabase_session: session } = entered.body;
  const refresh = (refresh_token: string) => auth.post('refresh', { refresh_token });
  const all = await Promise.all(Array.from({ length: 20 }, () => refresh(session.refresh_token)));
  expect(all.map(({ status }) => status)).toEqual(Array(20).fill(200));
  for (const { body } of all) {
    expect((await auth.get('sessions', bearer(body.supabase_session.access_token))).status).toBe(200);
  }
  const tokens = new Set(all.map(({ body }) => body.supabase_session.refresh_token));
  expect(tokens.size).toBe(1);
  const [newest = ''] = tokens;
  expect((await refresh(newest)).status).toBe(200);
  const { sessions } = (await auth.get('sessions', bearer(user.token))).body;
  expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1);

  // A generation further, the first token has been copied: its family ends.
  expect((await refresh(session.refresh_token)).body.code).toBe('session_ended');
  expect((await refresh(newest)).status).toBe(401);
});

test('second factors are not supported, and are said not to be', async () => {
  const { session } = ada;
  const headers = bearer(session.access_token);
  const id = '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa';
  const answers = [
    await auth.post('mfa/totp', {}, headers),
    await auth.post(`mfa/totp/${id}/challenge`, {}, headers),
    await auth.post(`mfa/totp/${id}/verify`, { challenge_id: id, code: '123456' }, headers),
    await auth.send({ method: 'DELETE', path: `/api/auth/mfa/totp/${id}`, headers }),
  ];
  for (const { status, body } of answers) expect([status, body.code]).toEqual([409, 'not_supported']);
  expect((await auth.get('mfa/totp', headers)).body).toEqual({ success: true, factors: [] });
});

test('an account is taken along and deleted', async () => {
  const { email, user, session } = await enter();
  const { body } = await auth.get('export', bearer(user.token));
  expect(body).toMatchObject({
    account: { email },
    identities: [{ provider: 'email' }],
    payments: [],
  });
  const gone = await auth.send({
    method: 'DELETE',
    path: '/api/auth/account',
    headers: bearer(user.token),
    body: { current_password: PASSWORD },
  });
  expect(gone.body).toEqual({ success: true });
  expect((await auth.post('signin', { email, password: PASSWORD })).body.code).toBe('credentials_invalid');
  expect((await auth.post('refresh', { refresh_token: session.refresh_token })).status).toBe(401);
  const { error } = await auth.browser().auth.getUser(session.access_token);
  expect(error).not.toBeNull();
});

test('no 5xx, and nobody in the log', () => {
  expect(auth.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(JSON.stringify(auth.lines)).not.toMatch(/example\.test|correct horse|tdm_/);
});
