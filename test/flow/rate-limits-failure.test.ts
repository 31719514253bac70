import {
  type AuthTest,
  type AuthTestDatabase,
  bearer,
  openAuthTest,
  PASSWORD,
} from '../support/auth-service';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { newShopper, type Shopper } from '../support/shopping';

/** Counting breaks while everything else works: nobody gets in by guessing, and nobody is kept from their payments. */
let payments: PaymentTest;
let accounts: AuthTestDatabase;
let auth: AuthTest;
let owner: Awaited<ReturnType<AuthTest['signUp']>>;
let shopper: Shopper;
let agreed: { readonly id: string; readonly ref: string };

beforeAll(async () => {
  payments = await startPaymentTest({ limitFactor: 1 });
  accounts = await openAuthTest();
  auth = accounts.start({ limitFactor: 1 });
  owner = await auth.signUp();
  shopper = await newShopper(payments);
  agreed = await shopper.agreed('stripe');
  for (const { admin } of [payments, accounts]) {
    await admin.query('alter table private.rate_limits rename to rate_limits_away');
  }
});
afterAll(async () => {
  await payments.close();
  await accounts.close();
});

const email = 'someone@example.test';

it.each([
  ['signin', { email, password: 'some password' }],
  ['signup', { email, password: 'some password' }],
  ['reset-password', { email }],
  ['resend', { email }],
  ['magic-link', { email }],
  ['verify', { type: 'recovery', email, token: '123456' }],
])('%s refuses', async (route, body) => {
  const answer = await auth.post(route, body);
  expect([answer.status, answer.body.code]).toEqual([503, 'limiter_unavailable']);
  expect(answer.headers['retry-after']).toBe('5');
});

it.each([
  ['update-password', { password: 'a new password', current_password: PASSWORD }],
  ['email', { email: 'new@example.test', current_password: PASSWORD }],
])('%s, which tries passwords, refuses whoever is signed in', async (route, body) => {
  const answer = await auth.post(route, body, bearer(owner.token));
  expect([answer.status, answer.body.code]).toEqual([503, 'limiter_unavailable']);
});

it('reading and renewing go on, with either credential', async () => {
  expect((await auth.get('profile', bearer(owner.token))).status).toBe(200);
  expect((await auth.get('profile', bearer(owner.access))).status).toBe(200);
  expect((await auth.get('sessions', bearer(owner.token))).status).toBe(200);
  expect((await auth.get('csrf-token')).status).toBe(200);
  const { refresh_token } = owner.answer.body.supabase_session;
  expect((await auth.post('refresh', { refresh_token })).status).toBe(200);
});

it('paying goes on, in as many round trips', async () => {
  expect((await shopper.history()).status).toBe(200);
  expect((await shopper.create('stripe')).status).toBe(201);
  const { status, body } = await shopper.confirm('stripe', agreed.ref);
  expect([status, body.payment.status]).toEqual([200, 'succeeded']);
});

it('signing out goes on', async () => {
  expect((await auth.post('signout', {}, bearer(owner.token))).status).toBe(200);
});

it('tells the policy, and nothing that was not counted', async () => {
  const { headers } = await shopper.history();
  expect(headers['ratelimit-policy']).toBe('"per-user";q=120;w=60');
  expect(headers.ratelimit).toBeUndefined();
});
