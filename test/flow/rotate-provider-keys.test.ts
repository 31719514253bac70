import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAppError } from '#shared/errors/app-error';
import { renewingFetch } from '#shared/supabase/renewing-fetch';
import { type PayPalDouble, startPayPalDouble } from '../../local/paypal/start-paypal-double';
import { type StripeDouble, startStripeDouble } from '../../local/stripe/start-stripe-double';
import { callPayPal } from '../../services/payment/providers/call-paypal';
import { callStripe } from '../../services/payment/providers/call-stripe';

/** Functions that run while an operator changes the key of a provider (docs/rotation.md). */
const asks = { count: 0 };
beforeEach(() => {
  asks.count = 0;
});

/** What the secret holds by now. */
const newest =
  <T>(value: () => T) =>
  async (): Promise<T> => {
    asks.count += 1;
    return value();
  };

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (isAppError(error) ? error.code : 'failed'),
  );

const all = (calls: number, work: () => Promise<unknown>): Promise<string[]> =>
  Promise.all(Array.from({ length: calls }, () => codeOf(work())));

describe('Stripe', () => {
  const DEAD = 'sk_test_-expired-';
  let stripe: StripeDouble;
  beforeAll(async () => {
    stripe = await startStripeDouble({ port: 0, webhooks: [], seed: 5 });
  });
  afterAll(() => stripe.close());

  const pay = (call: ReturnType<typeof callStripe>) => () =>
    call((sdk) =>
      sdk.paymentIntents.create({ amount: 100, currency: 'usd' }, { idempotencyKey: randomUUID() }),
    );
  const intents = async (): Promise<number> => {
    const call = callStripe({ secretKey: stripe.secretKey, apiBase: stripe.url });
    return (await call((sdk) => sdk.paymentIntents.list({ limit: 100 }))).data.length;
  };

  it('refuses an expired key: the one that is configured by then is read once and every call made with it, once', async () => {
    const call = callStripe({
      secretKey: DEAD,
      apiBase: stripe.url,
      newestKey: newest(() => stripe.secretKey),
    });
    const before = await intents();
    expect(new Set(await all(10, pay(call)))).toEqual(new Set(['ok']));
    expect([asks.count, (await intents()) - before]).toEqual([1, 10]);
    expect(await codeOf(pay(call)())).toBe('ok');
    expect(asks.count).toBe(1);
  });

  it('refuses whatever is configured: it is read once and not again for some seconds', async () => {
    let configured = DEAD;
    const call = callStripe({ secretKey: DEAD, apiBase: stripe.url, newestKey: newest(() => configured) });
    expect(new Set(await all(10, pay(call)))).toEqual(new Set(['provider_unavailable']));
    configured = stripe.secretKey;
    expect(await codeOf(pay(call)())).toBe('provider_unavailable');
    expect(asks.count).toBe(1);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
    expect(await codeOf(pay(call)())).toBe('ok');
    now.mockRestore();
    expect(asks.count).toBe(2);
  });
});

describe('PayPal', () => {
  let paypal: PayPalDouble;
  beforeAll(async () => {
    paypal = await startPayPalDouble({ port: 0, webhooks: [], seed: 5 });
  });
  afterAll(() => paypal.close());

  const right = () => ({ clientId: paypal.clientId, clientSecret: paypal.clientSecret });
  const look = (call: ReturnType<typeof callPayPal>) => () =>
    call((sdk) => sdk.get('/v1/notifications/webhooks', {}));
  const connection = () => ({ apiBase: paypal.url, mode: 'test' as const });

  it('refuses a disabled client secret: the one that is configured by then is read once, and every call made with it', async () => {
    const call = callPayPal({
      ...connection(),
      ...right(),
      clientSecret: 'disabled',
      newestCredentials: newest(right),
    });
    expect(new Set(await all(10, look(call)))).toEqual(new Set(['ok']));
    expect(asks.count).toBe(1);
  });

  it('has ended a token before its time: another is got with the same credentials', async () => {
    const call = callPayPal({ ...connection(), ...right(), newestCredentials: newest(right) });
    expect(await codeOf(look(call)())).toBe('ok');
    await fetch(`${paypal.url}/_control/paypal/tokens`, { method: 'DELETE' });
    expect(new Set(await all(5, look(call)))).toEqual(new Set(['ok']));
    expect(asks.count).toBe(1);
  });

  it('refuses whatever is configured: it is read once and not again for some seconds', async () => {
    const wrong = () => ({ ...right(), clientSecret: 'wrong' });
    const call = callPayPal({ ...connection(), ...wrong(), newestCredentials: newest(wrong) });
    for (let round = 0; round < 2; round += 1) {
      expect(new Set(await all(5, look(call)))).toEqual(new Set(['provider_unavailable']));
    }
    expect(asks.count).toBe(1);
  });
});

describe('Supabase', () => {
  let server: Server;
  let url: string;
  const seen: IncomingHttpHeaders[] = [];
  let accepted = 'sb_publishable_new';

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers);
      const isKnown = request.headers.apikey === accepted;
      // As the gateway says it, and as Supabase Auth does of a user's token.
      const body = isKnown ? { code: 'bad_jwt' } : { message: 'Invalid API key' };
      const status = isKnown && request.url === '/user' ? 401 : isKnown ? 200 : 401;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  beforeEach(() => {
    seen.length = 0;
    accepted = 'sb_publishable_new';
  });

  const key = { value: 'sb_publishable_old', newest: newest(() => 'sb_publishable_new') };
  const headers = { apikey: key.value, Authorization: `Bearer ${key.value}` };

  it('refuses a deleted key: the one that is configured by then is read once and sent from then on', async () => {
    const send = renewingFetch([key]);
    const answers = await Promise.all([1, 2, 3].map(() => send(`${url}/token`, { method: 'POST', headers })));
    expect([answers.map(({ status }) => status), asks.count]).toEqual([[200, 200, 200], 1]);
    seen.length = 0;
    expect((await send(`${url}/token`, { method: 'POST', headers })).status).toBe(200);
    expect(seen.map(({ apikey, authorization }) => [apikey, authorization])).toEqual([
      ['sb_publishable_new', 'Bearer sb_publishable_new'],
    ]);
  });

  it('refuses a user: no key is asked for, and their own token is left as it is', async () => {
    const send = renewingFetch([key]);
    accepted = key.value;
    const response = await send(`${url}/user`, {
      headers: { apikey: key.value, Authorization: 'Bearer user' },
    });
    expect([response.status, asks.count, seen[0]?.authorization]).toEqual([401, 0, 'Bearer user']);
  });

  it('refuses whatever is configured: it is read once and not again for some seconds', async () => {
    accepted = 'another';
    let now = 0;
    const send = renewingFetch([{ value: 'sb_old', newest: newest(() => 'sb_old') }], () => now);
    const status = async () => (await send(url, { headers: { apikey: 'sb_old' } })).status;
    expect([await status(), await status(), asks.count]).toEqual([401, 401, 1]);
    now = 6_000;
    expect([await status(), asks.count]).toEqual([401, 2]);
  });
});
