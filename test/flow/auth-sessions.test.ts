import type { Database } from '#shared/database/pool';
import { makeAuthenticate } from '#shared/identity/authenticate';
import {
  type AuthTest,
  type AuthTestDatabase,
  bearer,
  cookieOf,
  openAuthTest,
  PASSWORD,
  SITE,
} from '../support/auth-service';

const MINUTE = 60_000;

let databases: AuthTestDatabase;
let admin: Database;
let payment: Database;

beforeAll(async () => {
  databases = await openAuthTest();
  admin = databases.admin;
  payment = databases.as('tandem_payment');
});

afterAll(() => databases.close());

const sessionsOf = async (service: AuthTest, token: string) =>
  (await service.get('sessions', bearer(token))).body.sessions;

const ends = async (userId: string) => {
  const { rows } = await admin.query<{ ended_because: string | null }>(
    'select ended_because from private.sessions where user_id = $1',
    [userId],
  );
  return rows.map(({ ended_because }) => ended_because);
};

describe('rotation of the opaque token', () => {
  test('gives a successor; the old one stays good for the overlap and leads to the same', async () => {
    const service = databases.start();
    const { token, id } = await service.signUp();
    const first = await service.post('refresh', {}, bearer(token));
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      success: true,
      user: { id, email: expect.any(String), name: 'Ada', token: expect.stringMatching(/^tdm_[\w-]{43}$/) },
      supabase_session: null,
    });
    const next = first.body.user.token;
    expect(next).not.toBe(token);
    expect(cookieOf(first)).toBe(`__Host-tandem_session=${next}`);

    service.advance(MINUTE - 1_000);
    for (const good of [token, next]) expect((await service.get('profile', bearer(good))).status).toBe(200);
    expect((await service.post('refresh', {}, bearer(token))).body.user.token).toBe(next);
    expect(await sessionsOf(service, next)).toHaveLength(1);
  });

  test('20 parallel refreshes with one token agree and log nobody out', async () => {
    const service = databases.start();
    const { token } = await service.signUp();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.post('refresh', {}, bearer(token))),
    );
    const tokens = new Set(answers.map(({ body }) => body.user.token));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(tokens.size).toBe(1);
    service.advance(10 * MINUTE);
    expect((await service.get('profile', bearer([...tokens][0]))).status).toBe(200);
  });

  test('a straggler gets the newest of several generations', async () => {
    const service = databases.start();
    const { token } = await service.signUp();
    const second = (await service.post('refresh', {}, bearer(token))).body.user.token;
    service.advance(1_000);
    const third = (await service.post('refresh', {}, bearer(second))).body.user.token;
    service.advance(1_000);
    expect((await service.post('refresh', {}, bearer(token))).body.user.token).toBe(third);
  });

  test.each(['auth', 'payment'])(
    'an old token used after the overlap ends the session (%s)',
    async (where) => {
      const service = databases.start();
      const { token, access, id, email } = await service.signUp();
      const other = (await service.post('signin', { email, password: PASSWORD })).body.user.token;
      const next = (await service.post('refresh', {}, bearer(token))).body.user.token;
      service.advance(MINUTE + 1_000);

      if (where === 'auth') {
        const stolen = await service.get('profile', bearer(token));
        expect([stolen.status, stolen.body.code]).toEqual([401, 'session_token_reused']);
        expect(service.lines.some(({ fields }) => fields.code === 'session_token_reused')).toBe(true);
      } else {
        const authenticate = makeAuthenticate({
          database: payment,
          now: () => Date.now() + MINUTE + 1_000,
          verifyAccessToken: async () => null,
        });
        const credentials = { bearer: token, cookies: new Map<string, string>() };
        await expect(authenticate(credentials, { liveSession: true, role: 'user' })).rejects.toMatchObject({
          code: 'session_token_reused',
        });
      }
      for (const ended of [token, next, access]) {
        expect((await service.get('sessions', bearer(ended))).body.code).toBe('session_ended');
      }
      expect((await service.post('refresh', {}, bearer(next))).body.code).toBe('session_ended');
      expect((await ends(id)).sort()).toEqual(['token_reused', null].sort());
      expect((await service.get('profile', bearer(other))).status).toBe(200);
    },
  );

  test('by cookie needs the CSRF token, and brings a new one', async () => {
    const service = databases.start();
    const { answer } = await service.signUp();
    const Cookie = cookieOf(answer);
    const { csrf_token } = (await service.get('csrf-token', { Cookie })).body;
    const refresh = (headers: Record<string, string>) => service.post('refresh', {}, { Cookie, ...headers });
    expect((await refresh({})).body.code).toBe('csrf_invalid');
    expect((await refresh({ 'X-CSRF-Token': csrf_token, Origin: 'https://evil.test' })).status).toBe(403);
    const renewed = await refresh({ 'X-CSRF-Token': csrf_token, Origin: SITE });
    expect(renewed.status).toBe(200);
    const fresh = await service.get('csrf-token', { Cookie: cookieOf(renewed) });
    expect(fresh.body.csrf_token).not.toBe(csrf_token);
  });

  test('needs a token of ours, and nobody else has one', async () => {
    const service = databases.start();
    const { access } = await service.signUp();
    expect((await service.post('refresh')).body.code).toBe('unauthenticated');
    const byAccess = await service.post('refresh', {}, bearer(access));
    expect(byAccess.body).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/body/refresh_token' }],
    });
  });

  test('a new password leaves no way from old tokens to the new one', async () => {
    const service = databases.start();
    const { token, access } = await service.signUp();
    const next = (await service.post('refresh', {}, bearer(token))).body.user.token;
    const change = { password: 'another password', current_password: PASSWORD };
    expect((await service.post('update-password', change, bearer(access))).status).toBe(200);
    for (const old of [token, next]) {
      expect((await service.get('profile', bearer(old))).body.code).toBe('unauthenticated');
      expect((await service.post('refresh', {}, bearer(old))).body.code).toBe('unauthenticated');
    }
  });

  test('an old token signs out as well', async () => {
    const service = databases.start();
    const { token, id } = await service.signUp();
    const next = (await service.post('refresh', {}, bearer(token))).body.user.token;
    await service.post('signout', {}, bearer(token));
    expect((await service.get('profile', bearer(next))).body.code).toBe('session_ended');
    expect(await ends(id)).toEqual(['signed_out']);
  });

  test('neither token nor nonce alone gives the successor', async () => {
    const service = databases.start();
    const { token } = await service.signUp();
    const next = (await service.post('refresh', {}, bearer(token))).body.user.token;
    const { rows } = await admin.query(
      'select t::text, s::text from private.session_tokens t, private.sessions s',
    );
    expect(JSON.stringify(rows)).not.toContain(next.slice(4));
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
    await expect(payment.query('select nonce from private.session_tokens')).rejects.toThrow();
  });
});

describe('ending sessions', () => {
  test('all others, or all', async () => {
    const service = databases.start();
    const { email, token, access } = await service.signUp();
    const { body: second } = await service.post('signin', { email, password: PASSWORD });
    const stranger = await service.signUp();

    const others = await service.remove('sessions', bearer(token));
    expect(others.body).toEqual({ success: true, ended: 1 });
    expect(others.cookies).toEqual([]);
    for (const good of [token, access])
      expect((await service.get('sessions', bearer(good))).status).toBe(200);
    for (const gone of [second.user.token, second.supabase_session.access_token]) {
      expect((await service.get('sessions', bearer(gone))).body.code).toBe('session_ended');
    }

    const all = await service.remove('sessions/?include_current=true', bearer(access));
    expect(all.body).toEqual({ success: true, ended: 1 });
    expect(all.cookies[0]).toMatch(/^__Host-tandem_session=; Max-Age=0/);
    expect((await service.get('profile', bearer(token))).body.code).toBe('session_ended');
    expect((await service.get('sessions', bearer(stranger.token))).status).toBe(200);
    expect((await service.remove('sessions?include_current=yes', bearer(stranger.token))).status).toBe(400);
  });

  test('are listed with a device that a person recognises', async () => {
    const service = databases.start();
    const { email, token } = await service.signUp();
    const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
    await service.post('signin', { email, password: PASSWORD }, { 'User-Agent': agent });
    const devices = (await sessionsOf(service, token)).map((s: { device: string }) => s.device);
    expect(devices.sort()).toEqual(['Firefox on Windows', 'Unknown device']);
  });
});

describe('a new password by an access token', () => {
  test("leaves the caller's own session, which supabase-js goes on using, and ends all others", async () => {
    const service = databases.start();
    const { email, token, access, id } = await service.signUp();
    const { body: second } = await service.post('signin', { email, password: PASSWORD });
    const change = { password: 'another password', current_password: PASSWORD };
    const answer = await service.post('update-password', change, bearer(access));

    expect(answer.status).toBe(200);
    expect(answer.body.supabase_session).toBeNull();
    for (const good of [access, answer.body.user.token]) {
      expect(await sessionsOf(service, good)).toHaveLength(1);
    }
    expect((await service.get('profile', bearer(token))).status).toBe(401);
    expect((await service.get('profile', bearer(second.user.token))).body.code).toBe('session_ended');
    const { rows } = await admin.query('select 1 from auth.sessions where user_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });
});

describe('a new password by the access token of a session of more than a day', () => {
  test('brings a new session, since Supabase takes none from the old one', async () => {
    const service = databases.start();
    const { access, id } = await service.signUp();
    await admin.query(
      "update auth.sessions set created_at = now() - interval '25 hours' where user_id = $1",
      [id],
    );
    const change = { password: 'another password', current_password: PASSWORD };
    const { status, body } = await service.post('update-password', change, bearer(access));
    expect(status).toBe(200);
    for (const good of [body.user.token, body.supabase_session.access_token]) {
      expect(await sessionsOf(service, good)).toHaveLength(1);
    }
    expect((await service.get('sessions', bearer(access))).body.code).toBe('session_ended');
  });
});

describe('a second factor', () => {
  beforeAll(async () => {
    // As a hosted Supabase has it, as far as it matters here.
    await admin.query(
      'create table auth.mfa_factors (id uuid primary key default gen_random_uuid(), user_id uuid, status text)',
    );
    await admin.query('grant select on auth.mfa_factors to postgres');
  });

  test('that the account has and the session lacks keeps it from every route that asks for a live session', async () => {
    const service = databases.start();
    const { token, access, id } = await service.signUp();
    const status = async (credential: string) => (await service.get('sessions', bearer(credential))).status;
    await admin.query("insert into auth.mfa_factors (user_id, status) values ($1, 'unverified')", [id]);
    expect(await status(token)).toBe(200);

    await admin.query("update auth.mfa_factors set status = 'verified' where user_id = $1", [id]);
    for (const credential of [token, access]) {
      const refused = await service.get('sessions', bearer(credential));
      expect([refused.status, refused.body.code]).toEqual([403, 'second_factor_required']);
    }
    expect((await service.post('refresh', {}, bearer(token))).status).toBe(200);

    await admin.query("update auth.sessions set aal = 'aal2' where user_id = $1", [id]);
    for (const credential of [token, access]) expect(await status(credential)).toBe(200);
  });
});
