import type { Database } from '#shared/database/pool';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import type { ApiRequest } from '../support/api-event';
import {
  type AuthTest,
  type AuthTestDatabase,
  type AuthTestOptions,
  bearer,
  cookieOf,
  newEmail,
  openAuthTest,
  PASSWORD,
  SITE,
} from '../support/auth-service';
import { withoutCounts } from '../support/wide-limits';

const CANARY_PASSWORD = 'canary-password-5f2c';

let accounts: AuthTestDatabase;
let admin: Database;

beforeAll(async () => {
  accounts = await openAuthTest();
  admin = accounts.admin;
});

afterAll(() => accounts.close());

const start = (options?: AuthTestOptions): AuthTest => accounts.start(options);
const get = (service: AuthTest, route: string, headers: ApiRequest['headers']) => service.get(route, headers);

const signUp = async (service: AuthTest, email = newEmail()) => {
  const answer = await service.post('signup', { email, password: PASSWORD, name: 'Ada' });
  expect(answer.status).toBe(201);
  return { email, answer, token: answer.body.user.token, access: answer.body.supabase_session.access_token };
};

describe('sign-up', () => {
  test('answers the user with a token and the Supabase session, and sets the cookie', async () => {
    const service = start();
    const email = newEmail();
    const answer = await service.post('signup/', {
      email: email.toUpperCase(),
      password: PASSWORD,
      name: ' Ada Lovelace ',
      data: { plan: 'pro', seats: 3, beta: true, referrer: null },
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      user: {
        id: expect.any(String),
        email,
        name: 'Ada Lovelace',
        token: expect.stringMatching(/^tdm_[\w-]{43}$/),
      },
      supabase_session: {
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        expires_in: 3_600,
        expires_at: expect.any(Number),
        token_type: 'bearer',
        user: { id: answer.body.user.id, email },
      },
    });
    expect(answer.cookies[0]).toMatch(
      /^__Host-tandem_session=tdm_[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const profile = await get(service, 'profile', bearer(answer.body.user.token));
    expect(profile.body.profile).toMatchObject({
      email,
      name: 'Ada Lovelace',
      metadata: { plan: 'pro', seats: 3, beta: true, referrer: null },
      preferences: {
        locale: 'en',
        theme: 'system',
        timezone: null,
        email_receipts: true,
        email_subscription_reminders: true,
        email_product_news: false,
      },
    });
  });

  test('waits for confirmation where mails are confirmed, and answers alike for a taken address', async () => {
    const service = start({ confirmEmails: true });
    const email = newEmail();
    const first = await service.post('signup', { email, password: PASSWORD, name: 'Ada' });
    const second = await service.post('signup', { email, password: PASSWORD, name: 'Ada' });

    for (const answer of [first, second]) {
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        success: true,
        user: { id: null, email, name: 'Ada', token: null },
        supabase_session: null,
      });
      expect(answer.cookies).toEqual([]);
    }
    expect((await service.post('signin', { email, password: PASSWORD })).body.code).toBe(
      'credentials_invalid',
    );
    const token = service.identity.mailed.get(email);
    const verified = await service.post('verify', { email, token, type: 'signup' });
    expect(verified.body.user).toMatchObject({ email, name: 'Ada', token: expect.any(String) });
    expect((await service.post('verify', { email, token, type: 'signup' })).status).toBe(401);
  });

  test.each([
    ['unknown fields', { role: 'admin' }, '/body'],
    ['a short password', { password: 'short' }, '/body/password'],
    ['a password that bcrypt would cut', { password: 'ä'.repeat(40) }, '/body/password'],
    ['an address that is none', { email: 'nobody' }, '/body/email'],
    ['a name with control characters', { name: 'A\u0000da' }, '/body/name'],
    ['metadata with objects', { data: { a: { b: 1 } } }, '/body/data/a'],
    ['metadata with strange names', { data: { 'a b': 1 } }, '/body/data/a b'],
    ['metadata with broken Unicode', { data: { a: '\ud800' } }, '/body/data/a'],
    [
      'too much metadata',
      { data: { a: 'x'.repeat(900), b: 'x'.repeat(900), c: 'x'.repeat(900) } },
      '/body/data',
    ],
  ])('refuses %s and says where', async (_what, wrong, pointer) => {
    const service = start();
    const body = { email: newEmail(), password: PASSWORD, ...wrong };
    const answer = await service.post('signup', body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'request_invalid', errors: [{ pointer }] });
    expect(answer.body.errors[0].message).not.toBe('Invalid input');
  });

  test('refuses a taken address where mails are not confirmed', async () => {
    const service = start();
    const { email } = await signUp(service);
    const answer = await service.post('signup', { email, password: PASSWORD });
    expect([answer.status, answer.body.code]).toEqual([422, 'email_rejected']);
  });
});

describe('sign-in', () => {
  test('answers as sign-up does, opens another session and keeps the chosen name', async () => {
    const service = start();
    const { email, token } = await signUp(service);
    await service.send({
      method: 'PATCH',
      path: '/api/auth/profile',
      headers: bearer(token),
      body: { name: 'Countess' },
    });
    const answer = await service.post('signin', { email, password: PASSWORD });

    expect(answer.status).toBe(200);
    expect(answer.body.user.name).toBe('Countess');
    expect(answer.body.user.token).not.toBe(token);
    expect((await get(service, 'sessions', bearer(token))).body.sessions).toHaveLength(2);
  });

  test('refreshes the address and makes a missing profile', async () => {
    const service = start();
    const { email, answer } = await signUp(service);
    const { id } = answer.body.user;
    await admin.query('delete from public.user_profiles where id = $1', [id]);
    await admin.query('delete from public.user_preferences where user_id = $1', [id]);
    const again = await service.post('signin', { email, password: PASSWORD });
    const profile = await get(service, 'profile', bearer(again.body.user.token));
    expect(profile.body.profile).toMatchObject({ email, name: 'Ada' });
  });

  test('answers wrong passwords and absent accounts alike', async () => {
    const service = start();
    const { email } = await signUp(service);
    const wrong = await service.post('signin', { email, password: 'wrong-password' });
    const absent = await service.post('signin', { email: newEmail(), password: 'wrong-password' });

    expect(withoutCounts(wrong)).toEqual(withoutCounts(absent));
    expect([wrong.status, wrong.body.code]).toEqual([401, 'credentials_invalid']);
  });

  test('says 503 when Supabase is away', async () => {
    const service = start();
    service.identity.breakDown();
    const answer = await service.post('signin', { email: newEmail(), password: PASSWORD });
    expect([answer.status, answer.body.code]).toEqual([503, 'identity_unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  test('from a page of an origin we do not know is refused, from our own it is not', async () => {
    const service = start();
    const { email } = await signUp(service);
    const from = (headers: ApiRequest['headers']) =>
      service.post('signin', { email, password: PASSWORD }, headers);
    expect((await from({ Origin: 'https://evil.test' })).body.code).toBe('csrf_invalid');
    expect((await from({ Origin: 'null' })).body.code).toBe('csrf_invalid');
    expect((await from({ 'Sec-Fetch-Site': 'cross-site' })).body.code).toBe('csrf_invalid');
    expect((await from({ Origin: SITE })).status).toBe(200);
    expect((await from({ Origin: 'http://localhost:4000', 'Sec-Fetch-Site': 'same-origin' })).status).toBe(
      200,
    );
  });
});

describe('credentials', () => {
  test('a Supabase token and an opaque token name the same user', async () => {
    const service = start();
    const { token, access, answer } = await signUp(service);
    for (const credential of [token, access]) {
      const { body } = await get(service, 'profile', bearer(credential));
      expect(body.profile.id).toBe(answer.body.user.id);
      expect((await get(service, 'sessions', bearer(credential))).body.sessions).toMatchObject([
        { current: true, opened_by: 'password', address: '203.0.113.7' },
      ]);
    }
  });

  test.each([
    ['nothing', {}],
    ['another scheme', { Authorization: 'Basic dXNlcjpwYXNz' }],
    ['a token nobody gave out', { Authorization: `Bearer tdm_${'A'.repeat(43)}` }],
    ['no token at all', { Authorization: 'Bearer undefined' }],
    ['a cookie nobody set', { Cookie: `${SESSION_COOKIE}=tdm_${'A'.repeat(43)}` }],
    ['a cookie without the prefix', { Cookie: `tandem_session=tdm_${'A'.repeat(43)}` }],
  ])('%s is 401', async (_what, headers) => {
    const answer = await get(start(), 'profile', headers);
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test('a bad bearer is not made up for by a good cookie', async () => {
    const service = start();
    const { answer } = await signUp(service);
    const headers = { Cookie: cookieOf(answer), ...bearer('nonsense') };
    expect((await get(service, 'profile', headers)).status).toBe(401);
  });

  test('only the hash of a token is stored', async () => {
    const { token } = await signUp(start());
    const { rows } = await admin.query<{ row: string }>('select s::text as row from private.sessions s');
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
  });

  test('a session ends when it is not used, and after its time however much it is used', async () => {
    const day = 86_400_000;
    const idle = start();
    const first = await signUp(idle);
    idle.advance(13 * day);
    expect((await get(idle, 'profile', bearer(first.token))).status).toBe(200);
    idle.advance(13 * day);
    expect((await get(idle, 'profile', bearer(first.token))).status).toBe(200);
    idle.advance(15 * day);
    expect((await get(idle, 'profile', bearer(first.token))).body.code).toBe('session_ended');

    const busy = start();
    const second = await signUp(busy);
    for (let used = 0; used < 9; used += 1) {
      busy.advance(10 * day - 1_000);
      expect((await get(busy, 'profile', bearer(second.token))).status).toBe(200);
    }
    busy.advance(10_000);
    expect((await get(busy, 'profile', bearer(second.token))).body.code).toBe('session_ended');
  });
});

describe('cookie sessions', () => {
  test('may read; may change only with the CSRF token and from a known origin', async () => {
    const service = start();
    const { answer } = await signUp(service);
    const Cookie = cookieOf(answer);
    const { body } = await get(service, 'csrf-token/', { Cookie });
    const change = (headers: ApiRequest['headers']) =>
      service.send({
        method: 'PATCH',
        path: '/api/auth/profile',
        headers: { Cookie, ...headers },
        body: { name: 'Grace' },
      });

    expect((await get(service, 'profile', { Cookie })).status).toBe(200);
    expect((await change({})).body.code).toBe('csrf_invalid');
    expect((await change({ 'X-CSRF-Token': 'x' })).body.code).toBe('csrf_invalid');
    expect((await change({ 'X-CSRF-Token': body.csrf_token, Origin: 'https://evil.test' })).status).toBe(403);
    expect((await change({ 'X-CSRF-Token': body.csrf_token, Origin: SITE })).status).toBe(200);
    expect((await change({ 'X-CSRF-Token': body.csrf_token })).body.profile.name).toBe('Grace');
  });

  test("one session's CSRF token does not fit another", async () => {
    const service = start();
    const one = await signUp(service);
    const two = await signUp(service);
    const { body } = await get(service, 'csrf-token', { Cookie: cookieOf(one.answer) });
    const answer = await service.send({
      method: 'PATCH',
      path: '/api/auth/profile',
      headers: { Cookie: cookieOf(two.answer), 'X-CSRF-Token': body.csrf_token },
      body: {},
    });
    expect(answer.body.code).toBe('csrf_invalid');
  });

  test('a browser that fetched a token for signing in must send it', async () => {
    const service = start();
    const { email } = await signUp(service);
    const fetched = await get(service, 'csrf-token', {});
    const Cookie = cookieOf(fetched);
    const signIn = (headers: ApiRequest['headers']) =>
      service.post('signin', { email, password: PASSWORD }, { Cookie, ...headers });

    expect(Cookie).toMatch(/^__Host-tandem_login=/);
    // Another tab is given the same.
    expect((await get(service, 'csrf-token', { Cookie })).body.csrf_token).toBe(fetched.body.csrf_token);
    expect((await signIn({})).body.code).toBe('csrf_invalid');
    const answer = await signIn({ 'X-CSRF-Token': fetched.body.csrf_token });
    expect(answer.status).toBe(200);
    expect(answer.cookies[1]).toMatch(/^__Host-tandem_login=; Max-Age=0/);
  });
});

describe('signing in again in one browser', () => {
  test('ends the session whose cookie it replaces, and no other', async () => {
    const service = start();
    const { email, answer, token, access } = await signUp(service);
    const elsewhere = await service.post('signin', { email, password: PASSWORD });
    const Cookie = cookieOf(answer);
    const wrong = await service.post('signin', { email, password: 'guess' }, { Cookie });
    expect([wrong.status, (await get(service, 'sessions', { Cookie })).status]).toEqual([401, 200]);

    const again = await service.post('signin', { email, password: PASSWORD }, { Cookie });
    for (const old of [token, access]) {
      expect((await get(service, 'sessions', bearer(old))).body.code).toBe('session_ended');
    }
    for (const { body } of [again, elsewhere]) {
      expect((await get(service, 'sessions', bearer(body.user.token))).body.sessions).toHaveLength(2);
    }
  });

  test('also as somebody else, by a mail, or by the token before the last', async () => {
    const service = start();
    const { answer, token } = await signUp(service);
    await service.post('refresh', {}, bearer(token));
    const { email } = await signUp(service);
    await service.post('magic-link', { email });
    const proof = { email, token: service.identity.mailed.get(email), type: 'magiclink' };
    expect((await service.post('verify', proof, { Cookie: cookieOf(answer) })).status).toBe(200);
    expect((await get(service, 'profile', bearer(token))).body.code).toBe('session_ended');
  });
});

describe('sign-out', () => {
  test.each(['opaque', 'Supabase'] as const)(
    'by the %s token ends both, at once and again',
    async (which) => {
      const service = start();
      const { token, access, answer } = await signUp(service);
      const credential = which === 'opaque' ? token : access;

      for (let time = 0; time < 2; time += 1) {
        const out = await service.post('signout', {}, bearer(credential));
        expect([out.status, out.body]).toEqual([200, { success: true }]);
        expect(out.cookies[0]).toMatch(/^__Host-tandem_session=; Max-Age=0/);
      }
      expect((await get(service, 'sessions', bearer(token))).body.code).toBe('session_ended');
      expect((await get(service, 'sessions', bearer(access))).body.code).toBe('session_ended');
      const refreshed = await service.post('refresh', {
        refresh_token: answer.body.supabase_session.refresh_token,
      });
      expect(refreshed.body.code).toBe('session_ended');
    },
  );

  test('leaves other sessions and other users alone', async () => {
    const service = start();
    const { email, token } = await signUp(service);
    const other = await signUp(service);
    const second = await service.post('signin', { email, password: PASSWORD });
    await service.post('signout', {}, bearer(token));
    expect((await get(service, 'sessions', bearer(second.body.user.token))).status).toBe(200);
    expect((await get(service, 'sessions', bearer(other.access))).status).toBe(200);
  });

  test('by cookie needs the CSRF token; without any credential there is nothing to end', async () => {
    const service = start();
    const { answer, token } = await signUp(service);
    const Cookie = cookieOf(answer);
    expect((await service.post('signout', {}, { Cookie })).body.code).toBe('csrf_invalid');
    const { body } = await get(service, 'csrf-token', { Cookie });
    expect((await service.post('signout', {}, { Cookie, 'X-CSRF-Token': body.csrf_token })).status).toBe(200);
    expect((await get(service, 'profile', bearer(token))).body.code).toBe('session_ended');
    expect((await service.send({ method: 'POST', path: '/api/auth/signout/' })).status).toBe(200);
    expect((await service.post('signout', {}, bearer('nonsense'))).status).toBe(401);
  });

  test('at Supabase itself, deletion and a ban end the session here as well', async () => {
    const service = start();
    const ways = [
      'delete from auth.sessions where user_id = $1',
      "update auth.users set banned_until = now() + interval '1 day' where id = $1",
      'update auth.users set deleted_at = now() where id = $1',
    ];
    for (const way of ways) {
      const { token, access, answer } = await signUp(service);
      await admin.query(way, [answer.body.user.id]);
      expect((await get(service, 'profile', bearer(token))).body.code).toBe('session_ended');
      expect((await get(service, 'sessions', bearer(access))).body.code).toBe('session_ended');
    }
    const { token, answer } = await signUp(service);
    await admin.query('delete from auth.users where id = $1', [answer.body.user.id]);
    expect((await get(service, 'profile', bearer(token))).status).toBe(401);
  });
});

describe('refresh', () => {
  test('gives a new access token for the same session, and no second opaque token', async () => {
    const service = start();
    const { answer, token } = await signUp(service);
    const first = answer.body.supabase_session;
    const refreshed = await service.post('refresh', { refresh_token: first.refresh_token });

    expect(refreshed.status).toBe(200);
    expect(refreshed.body.user).toEqual({ ...answer.body.user, token: null });
    expect(refreshed.body.supabase_session.refresh_token).not.toBe(first.refresh_token);
    expect(refreshed.cookies).toEqual([]);
    expect((await get(service, 'sessions', bearer(token))).body.sessions).toHaveLength(1);
    expect((await service.post('refresh', { refresh_token: first.refresh_token })).body.code).toBe(
      'session_ended',
    );
  });

  test('does not outlive our session', async () => {
    const service = start();
    const { answer } = await signUp(service);
    service.advance(15 * 86_400_000);
    const { refresh_token } = answer.body.supabase_session;
    expect((await service.post('refresh', { refresh_token })).body.code).toBe('session_ended');
    const { rows } = await admin.query('select 1 from auth.sessions where user_id = $1', [
      answer.body.user.id,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('passwords', () => {
  const update = (service: AuthTest, token: string, body: unknown) =>
    service.post('update-password', body, bearer(token));

  test('a new one by the old one: other sessions end, this caller gets a new session', async () => {
    const service = start();
    const { email, token, access } = await signUp(service);
    const second = await service.post('signin', { email, password: PASSWORD });
    const answer = await update(service, token, { password: 'another password', current_password: PASSWORD });

    expect(answer.status).toBe(200);
    expect(answer.body.supabase_session.access_token).toEqual(expect.any(String));
    for (const old of [token, access, second.body.user.token, second.body.supabase_session.access_token]) {
      expect((await get(service, 'sessions', bearer(old))).body.code).toBe('session_ended');
    }
    for (const fresh of [answer.body.user.token, answer.body.supabase_session.access_token]) {
      expect((await get(service, 'sessions', bearer(fresh))).body.sessions).toHaveLength(1);
    }
    expect((await service.post('signin', { email, password: PASSWORD })).status).toBe(401);
    expect((await service.post('signin', { email, password: 'another password' })).status).toBe(200);
  });

  test('a stolen session cannot set one', async () => {
    const service = start();
    const { token, access } = await signUp(service);
    for (const credential of [token, access]) {
      expect((await update(service, credential, { password: 'another password' })).body.code).toBe(
        'forbidden',
      );
      const guessed = { password: 'another password', current_password: 'guess' };
      expect((await update(service, credential, guessed)).body.code).toBe('credentials_invalid');
    }
  });

  test('a recovery mail allows one change within a quarter of an hour', async () => {
    const service = start();
    const { email, token } = await signUp(service);
    const reset = await service.post('reset-password', { email });
    expect([reset.status, reset.body]).toEqual([200, { success: true }]);
    const recovered = await service.post('verify', {
      email,
      token: service.identity.mailed.get(email),
      type: 'recovery',
    });
    const access = recovered.body.supabase_session.access_token;

    expect((await update(service, recovered.body.user.token, { password: 'another password' })).status).toBe(
      403,
    );
    const answer = await update(service, access, { password: 'another password' });
    expect(answer.status).toBe(200);
    expect(answer.body.supabase_session).toBeNull();
    expect((await get(service, 'profile', bearer(answer.body.user.token))).status).toBe(200);
    expect((await get(service, 'profile', bearer(token))).body.code).toBe('session_ended');
    expect((await get(service, 'profile', bearer(recovered.body.user.token))).status).toBe(401);
    expect((await update(service, access, { password: 'a third password' })).body.code).toBe('forbidden');
    expect((await service.post('signin', { email, password: 'another password' })).status).toBe(200);
  });

  test('after a quarter of an hour a recovery is a sign-in like any other', async () => {
    const service = start();
    const { email } = await signUp(service);
    await service.post('reset-password', { email });
    const proof = { email, token: service.identity.mailed.get(email), type: 'recovery' };
    const { body } = await service.post('verify', proof);
    service.advance(16 * 60_000);
    const late = await update(service, body.supabase_session.access_token, { password: 'another password' });
    expect(late.body.code).toBe('forbidden');
  });

  test('a recovery mail is promised to everybody alike', async () => {
    const service = start();
    const { email } = await signUp(service);
    const known = await service.post('reset-password', { email });
    const unknown = await service.post('reset-password', { email: newEmail() });
    expect(withoutCounts(known)).toEqual(withoutCounts(unknown));
  });
});

describe('profile', () => {
  const patch = (service: AuthTest, token: string, body: unknown) =>
    service.send({ method: 'PATCH', path: '/api/auth/profile/', headers: bearer(token), body });

  test('changes what is given and nothing else', async () => {
    const service = start();
    const { token } = await signUp(service);
    const full = await patch(service, token, {
      avatar_url: 'https://example.test/a.png',
      metadata: { pronouns: 'she' },
      preferences: { theme: 'dark', timezone: 'Europe/Berlin', locale: 'de-DE', email_product_news: true },
    });
    expect(full.body.profile).toMatchObject({
      name: 'Ada',
      avatar_url: 'https://example.test/a.png',
      metadata: { pronouns: 'she' },
      preferences: { theme: 'dark', timezone: 'Europe/Berlin', locale: 'de-DE', email_product_news: true },
    });
    const cleared = await patch(service, token, { avatar_url: null, preferences: { timezone: null } });
    expect(cleared.body.profile).toMatchObject({
      avatar_url: null,
      metadata: { pronouns: 'she' },
      preferences: { theme: 'dark', timezone: null, locale: 'de-DE', email_receipts: true },
    });
  });

  test.each([
    ['email', { email: 'other@example.test' }],
    ['id', { id: '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa' }],
    ['role', { role: 'admin' }],
    ['an unknown preference', { preferences: { admin: true } }],
    ['a theme there is not', { preferences: { theme: 'pink' } }],
    ['a time zone there is not', { preferences: { timezone: 'Mars/Olympus' } }],
    ['an offset for a time zone', { preferences: { timezone: '+01:00' } }],
    ['a picture that is a script', { avatar_url: 'javascript:alert(1)' }],
    ['a picture without TLS', { avatar_url: 'http://example.test/a.png' }],
    ['null for a name', { name: null }],
    // Known to nobody but the database:
    ['an offset that passes for a name', { preferences: { timezone: '+0100' } }],
    ['a picture that is no file of theirs', { avatar_file_id: '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa' }],
  ])('refuses %s', async (_what, body) => {
    const service = start();
    const { token } = await signUp(service);
    const answer = await patch(service, token, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request_invalid']);
  });
});

describe('own sessions', () => {
  const end = (service: AuthTest, token: string, id: string) =>
    service.send({ method: 'DELETE', path: `/api/auth/sessions/${id}`, headers: bearer(token) });

  test('are listed with their device, and each can be ended', async () => {
    const service = start();
    const { email, token } = await signUp(service);
    const second = await service.post('signin', { email, password: PASSWORD }, { 'User-Agent': 'Phone/1.0' });
    const { body } = await get(service, 'sessions', bearer(token));
    const phone = body.sessions.find((s: { user_agent: string }) => s.user_agent === 'Phone/1.0');

    expect(body.sessions).toHaveLength(2);
    expect(phone).toMatchObject({ current: false, expires_at: expect.any(String) });
    expect((await end(service, token, phone.id)).body).toEqual({ success: true });
    expect((await get(service, 'profile', bearer(second.body.user.token))).body.code).toBe('session_ended');
    expect((await end(service, token, phone.id)).body.code).toBe('not_found');
  });

  test("somebody else's and nobody's are the same to the caller", async () => {
    const service = start();
    const { token } = await signUp(service);
    const other = await signUp(service);
    const foreign = (await get(service, 'sessions', bearer(other.token))).body.sessions[0].id;
    const one = await end(service, token, foreign);
    const two = await end(service, token, '6f1d1a0e-7b0c-4f0e-9a55-0c6de5a3f0aa');

    expect({ ...one.body, instance: '' }).toEqual({ ...two.body, instance: '' });
    expect(one.status).toBe(404);
    expect((await get(service, 'profile', bearer(other.token))).status).toBe(200);
  });
});

test('no password, token or code reaches the log', async () => {
  const service = start();
  const email = `canary-${newEmail()}`;
  const up = await service.post('signup', {
    email,
    password: CANARY_PASSWORD,
    data: { note: 'canary-data' },
  });
  await service.post('signin', { email, password: `${CANARY_PASSWORD}-wrong` });
  await service.post('refresh', { refresh_token: 'canary-refresh' });
  await service.post('verify', { token_hash: 'canary-hash', type: 'signup' });
  await get(service, 'profile', { ...bearer(up.body.user.token), 'X-Other': 'canary-header' });
  await service.post('signup', '{"password": "canary-broken');
  const log = JSON.stringify(service.lines);

  expect(service.lines.length).toBeGreaterThan(5);
  for (const secret of ['canary', email, up.body.user.token, up.body.supabase_session.access_token]) {
    expect(log).not.toContain(secret);
  }
});
