import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { makeSupabaseIdentity } from '../../services/auth/providers/supabase-identity';
import {
  type AuthTest,
  type AuthTestDatabase,
  bearer,
  openAuthTest,
  PASSWORD,
} from '../support/auth-service';
import { FAKE_JWT_SECRET } from '../support/fake-identity';
import { makeKeptLog } from '../support/kept-log';
import {
  RIGHT_CODE,
  type SecondFactorStandIn,
  startSecondFactorStandIn,
} from '../support/second-factor-stand-in';

/** Against a Supabase Auth that has second factors, as a hosted project does and the embedded one does not. */
const ADA = { id: randomUUID(), email: 'ada@example.test' };

let databases: AuthTestDatabase;
let supabase: SecondFactorStandIn;
let service: Omit<AuthTest, 'identity'>;

beforeAll(async () => {
  databases = await openAuthTest();
  const { admin } = databases;
  await admin.query(
    `create table auth.mfa_factors (id uuid primary key, user_id uuid, status text, factor_type text, friendly_name text,
       created_at timestamptz not null default now())`,
  );
  await admin.query('grant select on auth.mfa_factors to postgres');
  await admin.query(
    `insert into auth.users (id, email, encrypted_password, email_confirmed_at) values ($1, $2, 'a hash', now())`,
    [ADA.id, ADA.email],
  );
  supabase = await startSecondFactorStandIn(admin, ADA);
  const { log } = makeKeptLog();
  service = databases.startWith(
    makeSupabaseIdentity({ url: supabase.url, publishableKey: 'sb_publishable_TandemFlowTest_x', log }),
  );
});

afterAll(async () => {
  await supabase.close();
  await databases.close();
});

const signIn = async () => {
  const { body } = await service.post('signin', { email: ADA.email, password: PASSWORD });
  return { token: body.user.token, access: body.supabase_session.access_token };
};

test('the whole life of a second factor', async () => {
  const first = await signIn();
  const enrolled = await service.post('mfa/totp', { name: 'Phone' }, bearer(first.access));
  expect([enrolled.status, enrolled.body.factor]).toEqual([
    201,
    {
      id: expect.any(String),
      qr_code: 'data:image/svg+xml;utf-8,<svg/>',
      secret: 'SECRET',
      uri: 'otpauth://totp/Tandem',
    },
  ]);
  const { id } = enrolled.body.factor;
  const challenge = async (access: string) =>
    (await service.post(`mfa/totp/${id}/challenge`, {}, bearer(access))).body.challenge;
  const prove = async (access: string, code: string) =>
    service.post(
      `mfa/totp/${id}/verify`,
      { challenge_id: (await challenge(access)).id, code },
      bearer(access),
    );

  expect(await challenge(first.access)).toEqual({
    id: expect.any(String),
    expires_at: '2033-05-18T03:33:20.000Z',
  });
  const wrong = await prove(first.access, '000000');
  expect([wrong.status, wrong.body.code]).toEqual([401, 'verification_invalid']);
  expect((await service.get('sessions', bearer(first.token))).status).toBe(200);

  // Shown once: the account has a second factor now, and this session has shown it. Its opaque token is another.
  const shown = await prove(first.access, RIGHT_CODE);
  expect(shown.status).toBe(200);
  expect(shown.body.user.token).not.toBe(first.token);
  expect((await service.get('profile', bearer(first.token))).status).toBe(401);
  const { sessions } = (await service.get('sessions', bearer(shown.body.user.token))).body;
  expect(sessions).toMatchObject([{ opened_by: 'password', current: true }]);

  // The next one has not, and may do nothing but show it or leave.
  const second = await signIn();
  for (const credential of [second.token, second.access]) {
    expect((await service.get('sessions', bearer(credential))).body.code).toBe('second_factor_required');
    expect((await service.get('export', bearer(credential))).body.code).toBe('second_factor_required');
  }
  const listed = await service.get('mfa/totp', bearer(second.access));
  expect(listed.body.factors).toEqual([
    { id, name: 'Phone', verified: true, created_at: expect.any(String) },
  ]);
  expect((await service.remove(`mfa/totp/${id}`, bearer(second.access))).body.code).toBe(
    'second_factor_required',
  );
  const access = (await prove(second.access, RIGHT_CODE)).body.supabase_session.access_token;
  expect((await service.get('sessions', bearer(access))).status).toBe(200);

  expect((await service.remove(`mfa/totp/${id}`, bearer(access))).body).toEqual({ success: true });
  expect((await service.remove(`mfa/totp/${id}`, bearer(access))).body.code).toBe('not_found');
  const third = await signIn();
  expect((await service.get('sessions', bearer(third.token))).status).toBe(200);
});

test('a new password brings the old one along, as a project may demand it of whoever asks Supabase directly', async () => {
  const { access } = await signIn();
  const change = { password: 'another password', current_password: PASSWORD };
  expect((await service.post('update-password', change, bearer(access))).status).toBe(200);
});

test('a session of long ago is not recent because it shows a second factor now', async () => {
  const sessionId = randomUUID();
  await databases.admin.query(
    "insert into auth.sessions (id, user_id, aal, created_at) values ($1, $2, 'aal1', now() - interval '1 day')",
    [sessionId, ADA.id],
  );
  // As supabase-js holds it: no session of ours stands on it.
  const access = await new SignJWT({ role: 'authenticated', session_id: sessionId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(ADA.id)
    .setAudience('authenticated')
    .setExpirationTime('1h')
    .sign(Buffer.from(FAKE_JWT_SECRET));
  const factor = (await service.post('mfa/totp', {}, bearer(access))).body.factor.id;
  const { id } = (await service.post(`mfa/totp/${factor}/challenge`, {}, bearer(access))).body.challenge;
  const proof = { challenge_id: id, code: RIGHT_CODE };
  const { user } = (await service.post(`mfa/totp/${factor}/verify`, proof, bearer(access))).body;
  for (const credential of [user.token, access]) {
    expect((await service.remove('account', bearer(credential), {})).body.code).toBe('forbidden');
  }
});
