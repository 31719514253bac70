import type { Database } from '#shared/database/pool';
import { authContract } from '../../services/auth/contract';
import type { ApiAnswer } from '../support/api-event';
import {
  type AuthTest,
  type AuthTestDatabase,
  bearer,
  cookieOf,
  newEmail,
  openAuthTest,
  PASSWORD,
  SITE,
} from '../support/auth-service';
import { insertPayment } from '../support/payment-rows';

const MINUTE = 60_000;

let databases: AuthTestDatabase;
let admin: Database;

beforeAll(async () => {
  databases = await openAuthTest();
  admin = databases.admin;
});

afterAll(() => databases.close());

/** What a caller hears, but for how often they may ask again. */
const heard = ({ status, body, cookies }: ApiAnswer) => ({ status, body, cookies });

describe('mails', () => {
  test('a confirmation is sent once more, and whoever asks hears the same', async () => {
    const service = databases.start({ confirmEmails: true });
    const email = newEmail();
    await service.post('signup', { email, password: PASSWORD });
    const first = service.identity.mailed.get(email);
    const waiting = await service.post('resend/', { email });
    const token = service.identity.mailed.get(email);
    expect(token).not.toBe(first);
    expect((await service.post('verify', { email, token, type: 'signup' })).status).toBe(200);

    const confirmed = await service.post('resend', { email });
    const absent = await service.post('resend', { email: newEmail() });
    expect(waiting.body).toEqual({ success: true });
    for (const answer of [confirmed, absent]) expect(heard(answer)).toEqual(heard(waiting));
  });

  test('a magic link signs in once, makes no account, and leads to our pages alone', async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    const stranger = newEmail();
    const known = await service.post('magic-link', { email, redirect_to: '/welcome' });
    const unknown = await service.post('magic-link', { email: stranger });
    expect(heard(known)).toEqual(heard(unknown));
    expect(service.identity.mailed.has(stranger)).toBe(false);
    const token = service.identity.mailed.get(email);
    const proof = { email, token, type: 'magiclink' };
    const entered = await service.post('verify', proof);
    expect(entered.body.user).toMatchObject({ email, token: expect.any(String) });
    expect((await service.post('verify', proof)).body.code).toBe('verification_invalid');

    const astray = await service.post('magic-link', { email, redirect_to: 'https://evil.test/' });
    expect([astray.status, astray.body.code]).toEqual([422, 'redirect_not_allowed']);
  });

  test('are not sent for a foreign page', async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    for (const route of ['resend', 'magic-link']) {
      const answer = await service.post(route, { email }, { Origin: 'https://evil.test' });
      expect(answer.body.code).toBe('csrf_invalid');
    }
    expect(service.identity.mailed.size).toBe(0);
  });
});

describe('a new address', () => {
  const ask = (service: AuthTest, credential: string, body: unknown) =>
    service.post('email', body, bearer(credential));

  test('counts once it has confirmed', async () => {
    const service = databases.start();
    const { email: old, token, id } = await service.signUp();
    const email = newEmail();
    expect((await ask(service, token, { email, current_password: PASSWORD })).body).toEqual({
      success: true,
    });
    expect((await service.get('profile', bearer(token))).body.profile.email).toBe(old);

    const code = service.identity.mailed.get(email);
    const verified = await service.post('verify', { email, token: code, type: 'email_change' });
    expect(verified.status).toBe(200);
    expect((await service.get('profile', bearer(token))).body.profile.email).toBe(email);
    expect((await service.post('signin', { email, password: PASSWORD })).status).toBe(200);
    expect((await service.post('signin', { email: old, password: PASSWORD })).status).toBe(401);
    const { rows } = await admin.query<{ n: number }>(
      'select count(*)::int as n from auth.sessions where user_id = $1',
      [id],
    );
    // Sign-up, the confirmation, the sign-in above; the session that proved the password is gone.
    expect(rows[0]?.n).toBe(3);
  });

  test('needs the password, or a recent sign-in with the access token of it', async () => {
    const service = databases.start();
    const { token, access } = await service.signUp();
    const email = newEmail();
    expect((await ask(service, access, { email })).status).toBe(200);
    expect((await ask(service, token, { email })).body.code).toBe('forbidden');
    expect((await ask(service, token, { email, current_password: 'guess' })).body.code).toBe(
      'credentials_invalid',
    );
    service.advance(16 * MINUTE);
    expect((await ask(service, access, { email })).body.code).toBe('forbidden');
    expect((await ask(service, access, { email, current_password: PASSWORD })).status).toBe(200);
  });

  test('that is taken is answered like one that is free, and gets no mail', async () => {
    const service = databases.start();
    const { token } = await service.signUp();
    const taken = await service.signUp();
    const free = await ask(service, token, { email: newEmail(), current_password: PASSWORD });
    const answer = await ask(service, token, { email: taken.email, current_password: PASSWORD });
    expect(heard(answer)).toEqual(heard(free));
    expect(service.identity.mailed.has(taken.email)).toBe(false);
  });
});

describe('signing in at another site', () => {
  const begin = async (service: AuthTest, search: Record<string, string> = {}) => {
    const answer = await service.send({ path: '/api/auth/oauth/github', query: search });
    const url = new URL(String(answer.headers.location ?? 'https://none.test'));
    return { answer, Cookie: cookieOf(answer), codeChallenge: url.searchParams.get('codeChallenge') ?? '' };
  };
  const finish = (service: AuthTest, query: Record<string, string>, headers = {}) =>
    service.send({ path: '/api/auth/callback', query, headers });

  test('goes there and back with a verifier that never leaves the browser', async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    const { answer, Cookie, codeChallenge } = await begin(service, { redirect_to: '/after?x=1' });
    expect(answer.status).toBe(303);
    expect(answer.body).toEqual({ success: true, location: answer.headers.location });
    expect(answer.cookies[0]).toMatch(
      /^__Host-tandem_social=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(String(answer.headers.location)).toContain(encodeURIComponent(`${SITE}/api/auth/callback`));
    expect(String(answer.headers.location)).not.toContain(Cookie.split('=')[1]?.slice(0, 43));

    service.identity.socialCodes.set('code-1', { email, codeChallenge });
    const back = await finish(service, { code: 'code-1', sb_flow: 'x' }, { Cookie });
    expect([back.status, back.headers.location]).toEqual([303, `${SITE}/after?x=1`]);
    expect(back.cookies.at(-1)).toMatch(/^__Host-tandem_social=; Max-Age=0/);
    const sessions = await service.get('sessions', { Cookie: cookieOf(back) });
    expect(sessions.body.sessions.map((s: { opened_by: string }) => s.opened_by)).toContain('oauth');

    const again = await finish(service, { code: 'code-1' }, { Cookie });
    expect(again.headers.location).toBe(`${SITE}/after?x=1&auth_error=verification_invalid`);
  });

  test("a code from somebody else's browser signs nobody in", async () => {
    const service = databases.start();
    const { email } = await service.signUp();
    const attacker = await begin(service);
    const victim = await begin(service);
    service.identity.socialCodes.set('stolen', { email, codeChallenge: attacker.codeChallenge });
    for (const headers of [{}, { Cookie: victim.Cookie }, { Cookie: '__Host-tandem_social=nonsense' }]) {
      const answer = await finish(service, { code: 'stolen' }, headers);
      expect(answer.headers.location).toBe(`${SITE}/?auth_error=verification_invalid`);
      expect(answer.cookies.some((cookie) => cookie.startsWith('__Host-tandem_session=tdm_'))).toBe(false);
    }
  });

  test('sends nobody anywhere else, neither at the start nor by a planted cookie', async () => {
    const service = databases.start();
    for (const redirect_to of ['https://evil.test', '//evil.test', 'javascript:alert(1)', '/\\evil.test']) {
      const { answer } = await begin(service, { redirect_to });
      expect([answer.status, answer.body.code]).toEqual([422, 'redirect_not_allowed']);
      expect(answer.cookies).toEqual([]);
    }
    const planted = `${'v'.repeat(43)}.${Buffer.from('https://evil.test').toString('base64url')}`;
    const Cookie = `__Host-tandem_social=${planted}`;
    const queries: Record<string, string>[] = [{ code: 'x' }, { error: 'access_denied' }, {}];
    for (const query of queries) {
      expect(String((await finish(service, query, { Cookie })).headers.location)).toMatch(
        `${SITE}/?auth_error=`,
      );
    }
  });

  test('is refused clearly where there is no such site, and tells when the person said no', async () => {
    const service = databases.start();
    const google = await service.get('oauth/google');
    expect([google.status, google.body.code]).toEqual([409, 'not_supported']);
    expect((await service.get('oauth/myspace')).status).toBe(400);
    const { Cookie } = await begin(service, { redirect_to: '/in' });
    const denied = await finish(service, { error: 'access_denied', error_description: '<b>' }, { Cookie });
    expect(denied.headers.location).toBe(`${SITE}/in?auth_error=access_denied`);
  });
});

describe('taking all data along', () => {
  test('gives what is kept about the caller and nobody else, without a secret', async () => {
    const service = databases.start();
    const { id, email, token } = await service.signUp();
    const other = await service.signUp();
    const own = await insertPayment(admin, { userId: id });
    await insertPayment(admin, { userId: other.id });
    const { status, body, headers } = await service.get('export', bearer(token));

    expect(status).toBe(200);
    expect(headers['content-disposition']).toBe('attachment; filename="account.json"');
    expect(body).toMatchObject({
      success: true,
      next_cursor: null,
      account: { id, email, role: 'user' },
      profile: { name: 'Ada', email },
      preferences: { locale: 'en' },
      sessions: [{ opened_by: 'password', address: '203.0.113.7', ended_at: null }],
      payments: [{ id: own.id, amount: 1999, currency: 'USD', status: 'created', facts: [] }],
    });
    // Every part that the database knows is one that the contract names.
    expect(await authContract.exportAccount.success.body['~standard'].validate(body)).not.toHaveProperty(
      'issues',
    );
    expect(body.active_days).toEqual([new Date().toISOString().slice(0, 10)]);
    const cursor = { path: '/api/auth/export', query: { cursor: 'bWVzc2FnZXM' }, headers: bearer(token) };
    expect((await service.send(cursor)).body).toMatchObject({ status: 400, code: 'request_invalid' });
    const text = JSON.stringify(body);
    for (const foreign of [other.id, other.email, 'token_hash', '\\\\x']) expect(text).not.toContain(foreign);
  });
});

describe('deleting the account', () => {
  const remove = (service: AuthTest, credential: string, body: unknown = {}) =>
    service.remove('account', bearer(credential), body);

  test('ends every session at once, keeps the books, and frees the address', async () => {
    const service = databases.start();
    const { id, email, token, access } = await service.signUp();
    const { body: second } = await service.post('signin', { email, password: PASSWORD });
    const payment = await insertPayment(admin, { userId: id });
    service.advance(16 * MINUTE);
    expect((await remove(service, token)).body.code).toBe('forbidden');
    expect((await remove(service, token, { current_password: 'guess' })).body.code).toBe(
      'credentials_invalid',
    );

    const gone = await remove(service, token, { current_password: PASSWORD });
    expect([gone.status, gone.body]).toEqual([200, { success: true }]);
    expect(gone.cookies[0]).toMatch(/^__Host-tandem_session=; Max-Age=0/);
    for (const credential of [token, access, second.user.token, second.supabase_session.access_token]) {
      expect((await service.get('sessions', bearer(credential))).status).toBe(401);
    }
    const { rows } = await admin.query('select user_id, amount_minor from public.payments where id = $1', [
      payment.id,
    ]);
    expect(rows).toEqual([{ user_id: null, amount_minor: '1999' }]);
    const left = await admin.query<{ n: number }>(
      `select (select count(*) from auth.users where id = $1) + (select count(*) from public.user_profiles where id = $1)
            + (select count(*) from public.user_preferences where user_id = $1)
            + (select count(*) from private.sessions where user_id = $1)
            + (select count(*) from auth.sessions where user_id = $1) as n`,
      [id],
    );
    expect(Number(left.rows[0]?.n)).toBe(0);
  });

  test('needs no password within a quarter of an hour of signing in', async () => {
    const service = databases.start();
    const { access } = await service.signUp();
    expect((await remove(service, access)).status).toBe(200);
  });

  test('waits for what is open', async () => {
    const service = databases.start();
    const { token, id } = await service.signUp();
    await admin.query(
      "create or replace function private.account_blockers(of_user uuid) returns text[] language sql as $$ select array['subscription_open'] $$",
    );
    const refused = await remove(service, token, { current_password: PASSWORD });
    await admin.query(
      'create or replace function private.account_blockers(of_user uuid) returns text[] language sql as $$ select array[]::text[] $$',
    );
    expect([refused.status, refused.body.code]).toEqual([409, 'subscription_open']);
    expect((await service.get('profile', bearer(token))).status).toBe(200);
    const { rows } = await admin.query('select 1 from auth.sessions where user_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });
});

test('second factors need an access token, and a provider that has them', async () => {
  const service = databases.start();
  const { token, access } = await service.signUp();
  const opaque = await service.post('mfa/totp', {}, bearer(token));
  expect([opaque.status, opaque.body.code]).toEqual([403, 'forbidden']);
  const answer = await service.post('mfa/totp', { name: 'Phone' }, bearer(access));
  expect([answer.status, answer.body.code]).toEqual([409, 'not_supported']);
});

test('nothing personal and no secret of these flows reaches the log', async () => {
  const service = databases.start();
  const email = `canary-${newEmail()}`;
  const { token } = await service.signUp(email);
  const next = `canary-${newEmail()}`;
  await service.post('magic-link', { email, redirect_to: '/canary-target' });
  await service.post('resend', { email });
  await service.post('email', { email: next, current_password: 'canary-guess' }, bearer(token));
  await service.post('email', { email: next, current_password: PASSWORD }, bearer(token));
  await service.send({ path: '/api/auth/callback', query: { code: 'canary-code', error: 'canary-error' } });
  await service.get('export', bearer(token));
  await service.remove('account', bearer(token), { current_password: PASSWORD });
  const log = JSON.stringify(service.lines);
  expect(service.lines.length).toBeGreaterThan(6);
  for (const secret of ['canary', email, token, PASSWORD]) expect(log).not.toContain(secret);
});
