import { openSite, type Site } from './open-site';
import { type Account, payCard, signUp } from './people';
import type { Visitor } from './visitor';

const SESSION_COOKIE = '__Host-tandem_session';

/** The API as a site's own page uses it: cookies that scripts cannot read, and the CSRF token. */
describe('a session in a browser', () => {
  let site: Site;
  let ada: Account;
  let visitor: Visitor;

  beforeAll(async () => {
    site = await openSite();
    ada = await signUp(site.tandem, 'ada');
    visitor = await site.visit();
  }, 240_000);

  afterAll(() => site?.close(), 60_000);

  const csrf = async (): Promise<Record<string, string>> => {
    const { body } = await visitor.ask('call', 'GET', '/api/auth/csrf-token');
    return { 'x-csrf-token': body.csrf_token };
  };
  const sessionCookie = async () =>
    (await visitor.context.cookies()).find(({ name }) => name === SESSION_COOKIE);

  test('signing in needs the token that the page was given', async () => {
    const credentials = { email: ada.email, password: ada.password };
    const headers = await csrf();
    const without = await visitor.ask('call', 'POST', '/api/auth/signin', credentials);
    expect([without.status, without.body.code]).toEqual([403, 'csrf_invalid']);
    expect(await sessionCookie()).toBeUndefined();

    const signedIn = await visitor.ask('call', 'POST', '/api/auth/signin', credentials, headers);
    expect([signedIn.status, signedIn.body.user?.id]).toEqual([200, ada.id]);
    expect(await sessionCookie()).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
    // The same sign-in opens the live view.
    expect(await visitor.ask('takeSession', signedIn.body.supabase_session)).toBe(ada.id);
    expect(await visitor.ask('watch', ['payments'])).toBe('SUBSCRIBED');
  });

  test('a purchase by cookie arrives live', async () => {
    const order = { provider: 'stripe', price: 'pro' };
    const key = { 'idempotency-key': crypto.randomUUID() };
    const forgotten = await visitor.ask('call', 'POST', '/api/payments/create-intent', order, key);
    expect([forgotten.status, forgotten.body.code]).toEqual([403, 'csrf_invalid']);

    const headers = await csrf();
    const created = await visitor.ask('call', 'POST', '/api/payments/create-intent', order, {
      ...key,
      ...headers,
    });
    expect(created.status).toBe(201);
    await payCard(site.tandem, created.body.client_secret);
    const reference = { payment_intent_id: created.body.payment_intent_id };
    const confirmed = await visitor.ask('call', 'POST', '/api/payments/confirm-stripe', reference, headers);
    expect([confirmed.status, confirmed.body.payment?.status]).toEqual([200, 'succeeded']);

    const rows = await visitor.askUntil('rows', (seen) => seen.at(-1)?.row.status === 'succeeded');
    expect(rows.map(({ kind, row }) => [kind, row.id])).toEqual(
      rows.map((_, at) => [at === 0 ? 'INSERT' : 'UPDATE', created.body.payment.id]),
    );
    const { body } = await visitor.ask('call', 'GET', '/api/payments/history');
    expect(body.data.map((payment: { id: string }) => payment.id)).toEqual([created.body.payment.id]);
  });

  test('a page of somebody else gets nothing out of the same browser, and changes nothing', async () => {
    const foreign = await site.lure(visitor);
    expect(await foreign.ask('call', 'GET', '/api/payments/history')).toMatchObject({ status: 0 });
    expect(await foreign.ask('call', 'POST', '/api/auth/signout', {})).toMatchObject({ status: 0 });
    expect((await visitor.ask('call', 'GET', '/api/payments/history')).status).toBe(200);
  });

  test('signing out ends it', async () => {
    const signedOut = await visitor.ask('call', 'POST', '/api/auth/signout', {}, await csrf());
    expect([signedOut.status, signedOut.body.success]).toEqual([200, true]);
    expect(await sessionCookie()).toBeUndefined();
    const { status, body } = await visitor.ask('call', 'GET', '/api/payments/history');
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  });
});
