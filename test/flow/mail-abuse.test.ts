import { Client } from 'pg';
import { type AuthOnSupabase, LOCAL_SITE, startAuthOnSupabase } from '../support/auth-on-supabase';
import { bearer, cookieOf, newEmail, PASSWORD } from '../support/auth-service';
import { type GithubStandIn, startGithubStandIn } from '../support/github-stand-in';
import { withoutCounts } from '../support/wide-limits';

/** What can be done with mails of others, on the embedded Supabase with real mails. */
let auth: AuthOnSupabase;
let github: GithubStandIn;
let admin: Client;

beforeAll(async () => {
  github = await startGithubStandIn();
  const social = { github: { clientId: 'client', secret: 'secret', url: github.url } };
  auth = await startAuthOnSupabase({ confirmEmails: true, social });
  admin = new Client({ connectionString: auth.adminUrl });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await auth.close();
  await github.close();
});

const enter = async (email = newEmail()): Promise<string> => {
  await auth.post('signup', { email, password: PASSWORD, name: 'Ada' });
  const proof = { email, token: auth.codeFor(email), type: 'signup' };
  expect((await auth.post('verify', proof)).status).toBe(200);
  return email;
};

/** An address of each class; the unconfirmed and the banned with the same password as the others. */
const people = async () => {
  const unconfirmed = newEmail();
  await auth.post('signup', { email: unconfirmed, password: PASSWORD });
  const banned = await enter();
  await admin.query("update auth.users set banned_until = now() + interval '1 day' where email = $1", [
    banned,
  ]);
  return { existing: await enter(), absent: newEmail(), unconfirmed, banned };
};

const PHONE = { 'User-Agent': 'Phone/1.0' };
const LAPTOP = { 'User-Agent': 'Laptop/1.0' };

describe.each([
  ['reset-password', 'recovery'],
  ['magic-link', 'magiclink'],
])('a mail from %s', (route, type) => {
  let email: string;
  let other: string;

  beforeAll(async () => {
    email = await enter();
    other = await enter();
  });
  test('counts once, whichever device comes second', async () => {
    await auth.post(route, { email });
    const proof = { email, token: auth.codeFor(email), type };
    expect((await auth.post('verify', proof, PHONE)).status).toBe(200);
    const second = await auth.post('verify', proof, LAPTOP);
    expect([second.status, second.body.code]).toEqual([401, 'verification_invalid']);
  });

  test('counts once of twenty at a time', async () => {
    await auth.post(route, { email });
    const proof = { email, token: auth.codeFor(email), type };
    const all = await Promise.all(Array.from({ length: 20 }, () => auth.post('verify', proof)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('is void once a newer one was sent', async () => {
    await auth.post(route, { email });
    const old = auth.codeFor(email);
    await auth.post(route, { email });
    expect((await auth.post('verify', { email, token: old, type })).status).toBe(401);
    expect((await auth.post('verify', { email, token: auth.codeFor(email), type })).status).toBe(200);
  });

  test('expires', async () => {
    await auth.post(route, { email });
    await admin.query(
      "update auth.users set recovery_sent_at = now() - interval '61 minutes' where email = $1",
      [email],
    );
    expect((await auth.post('verify', { email, token: auth.codeFor(email), type })).body.code).toBe(
      'verification_invalid',
    );
  });

  test('opens no other account', async () => {
    await auth.post(route, { email });
    const proof = { email: other, token: auth.codeFor(email), type };
    expect((await auth.post('verify', proof)).body.code).toBe('verification_invalid');
  });

  test('leads to our site, whatever host the request claims to have come to', async () => {
    const claims = {
      Host: 'evil.test',
      'X-Forwarded-Host': 'evil.test',
      'X-Forwarded-Proto': 'https',
      'X-Original-URL': 'https://evil.test/',
      Forwarded: 'host=evil.test;proto=https',
      Referer: 'https://evil.test/',
    };
    expect((await auth.post(route, { email }, claims)).status).toBe(200);
    const [mail] = auth.mail.messages(email);
    expect(`${mail?.text} ${mail?.html}`).not.toContain('evil');
    expect(decodeURIComponent(mail?.text ?? '')).toContain(`redirect_to=${LOCAL_SITE}`);
  });
});

test.each([
  'https://evil.test/',
  '//evil.test/',
  'https:evil.test',
  '/\\evil.test',
  'https://127.0.0.1:4000.evil.test/',
  'https://127.0.0.1:4000@evil.test/',
  'http://127.0.0.1:4001/',
  'javascript:alert(1)',
  'data:text/html,x',
])('nobody is sent to %s', async (redirect_to) => {
  const email = newEmail();
  const answer = await auth.post('magic-link', { email, redirect_to });
  expect([answer.status, answer.body.code]).toEqual([422, 'redirect_not_allowed']);
  const social = await auth.send({ path: '/api/auth/oauth/github', query: { redirect_to } });
  expect(social.body.code).toBe('redirect_not_allowed');
});

/** What comes back from GitHub, for a browser that has begun to sign in there. */
const atGithub = async (location: unknown): Promise<Record<string, string>> => {
  const atSupabase = await fetch(String(location), { redirect: 'manual' });
  const asked = await fetch(atSupabase.headers.get('location') ?? '', { redirect: 'manual' });
  const back = await fetch(asked.headers.get('location') ?? '', { redirect: 'manual' });
  return Object.fromEntries(new URL(back.headers.get('location') ?? 'http://none.test').searchParams);
};

describe('an account that a stranger has prepared with an address of somebody else', () => {
  const FOREIGN = 'the password of the stranger';
  const prepare = async () => {
    const email = newEmail();
    await auth.post('signup', { email, password: FOREIGN, name: 'Eve' });
    return { email, first: auth.codeFor(email) };
  };
  const signIn = async (email: string, password: string) =>
    (await auth.post('signin', { email, password })).status;

  test('is the owner’s once they sign up and choose a password by mail', async () => {
    const { email } = await prepare();
    await auth.post('signup', { email, password: PASSWORD, name: 'Ada' });
    const proof = { email, token: auth.codeFor(email), type: 'recovery' };
    const { body } = await auth.post('verify', proof);
    expect(await signIn(email, FOREIGN)).toBe(401);
    const access = bearer(body.supabase_session.access_token);
    expect((await auth.post('update-password', { password: PASSWORD }, access)).status).toBe(200);
    expect([await signIn(email, FOREIGN), await signIn(email, PASSWORD)]).toEqual([401, 200]);
  });

  test('lets the stranger in by no mail that the owner confirms', async () => {
    const { email, first } = await prepare();
    await auth.post('signup', { email, password: PASSWORD });
    expect((await auth.post('verify', { email, token: first, type: 'signup' })).status).toBe(200);
    expect(await signIn(email, FOREIGN)).toBe(401);
    await auth.post('signup', { email, password: FOREIGN });
    expect(await signIn(email, FOREIGN)).toBe(401);
  });

  test('nor by a sign-up after the owner’s', async () => {
    const email = newEmail();
    await auth.post('signup', { email, password: PASSWORD });
    const first = auth.codeFor(email);
    await auth.post('signup', { email, password: FOREIGN });
    expect((await auth.post('verify', { email, token: first, type: 'signup' })).status).toBe(200);
    expect(await signIn(email, FOREIGN)).toBe(401);
  });

  test('nor where the owner comes in by a magic link', async () => {
    const { email } = await prepare();
    await auth.post('magic-link', { email });
    const proof = { email, token: auth.codeFor(email), type: 'magiclink' };
    expect((await auth.post('verify', proof)).status).toBe(200);
    expect(await signIn(email, FOREIGN)).toBe(401);
  });

  test('nor where the owner comes in by GitHub', async () => {
    const { email } = await prepare();
    github.person = { id: 11, login: 'ada', name: 'Ada', email };
    const start = await auth.send({ path: '/api/auth/oauth/github' });
    const query = await atGithub(start.headers.location);
    const end = await auth.send({ path: '/api/auth/callback', query, headers: { Cookie: cookieOf(start) } });
    expect((await auth.get('profile', { Cookie: cookieOf(end) })).body.profile.email).toBe(email);
    expect(await signIn(email, FOREIGN)).toBe(401);
  });
});

test('a code of the other site is worth nothing without the verifier of the browser that asked', async () => {
  github.person = { id: 9, login: 'eve', name: 'Eve', email: newEmail() };
  const begin = () => auth.send({ path: '/api/auth/oauth/github', query: { redirect_to: '/welcome' } });
  const query = await atGithub((await begin()).headers.location);
  const otherBrowser = cookieOf(await begin());
  for (const cookie of ['', otherBrowser]) {
    const answer = await auth.send({ path: '/api/auth/callback', query, headers: { Cookie: cookie } });
    expect(answer.headers.location).toMatch(/auth_error=verification_invalid$/);
    expect(answer.cookies.join()).not.toContain('__Host-tandem_session=tdm_');
  }
});

test('Supabase answers the classes differently, and we alike', async () => {
  const emails = await people();
  const direct = auth.browser();
  const codes = new Set<string | undefined>();
  for (const email of Object.values(emails)) {
    const { error } = await direct.auth.signInWithPassword({ email, password: PASSWORD });
    codes.add(error?.code);
  }
  expect(codes.size).toBeGreaterThan(1);

  const ask = async (route: string, body: Readonly<Record<string, string>>, of = Object.values(emails)) => {
    const heard: unknown[] = [];
    for (const email of of) {
      const answer = withoutCounts(await auth.post(route, { email, ...body }));
      heard.push(JSON.parse(JSON.stringify(answer).replaceAll(email, '<address>')));
    }
    for (const one of heard) expect(one).toEqual(heard[0]);
  };
  await ask('signin', { password: 'a wrong password' });
  await ask('signin', { password: PASSWORD }, [emails.absent, emails.unconfirmed, emails.banned]);
  for (const route of ['reset-password', 'resend', 'magic-link']) await ask(route, {});
  await ask('signup', { password: PASSWORD, name: 'Ada' });
});

test('whoever signs up with an address that has an account learns so in a mail to it, and nowhere else', async () => {
  const { existing, unconfirmed } = await people();
  const before = auth.mail.messages(unconfirmed).length;
  for (const email of [existing, unconfirmed]) {
    await auth.post('signup', { email, password: 'the password of somebody else' });
  }
  const [told] = auth.mail.messages(existing);
  expect(told?.subject).toBe('Your link to sign in');
  expect(told?.html).toContain('This address has an account already');
  expect(auth.mail.messages(unconfirmed)).toHaveLength(before + 1);
  expect((await auth.post('signin', { email: existing, password: PASSWORD })).status).toBe(200);
  const foreign = { email: existing, password: 'the password of somebody else' };
  expect((await auth.post('signin', foreign)).status).toBe(401);
});

test('a recovery outlives no sign-out: the new password ends every session', async () => {
  const email = await enter();
  const { body } = await auth.post('signin', { email, password: PASSWORD });
  await auth.post('reset-password', { email });
  const proof = { email, token: auth.codeFor(email), type: 'recovery' };
  const recovered = (await auth.post('verify', proof)).body.supabase_session.access_token;
  await auth.post('update-password', { password: 'another password' }, bearer(recovered));
  expect((await auth.get('profile', bearer(body.user.token))).body.code).toBe('session_ended');
});

test('no 5xx, and nobody in the log', () => {
  expect(auth.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(JSON.stringify(auth.lines)).not.toMatch(/example\.test|correct horse|tdm_/);
});
