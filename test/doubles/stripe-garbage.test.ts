import fc from 'fast-check';
import { canonicalForm, parseForm } from '../../local/stripe/form';
import { type StripeDriver, startStripe } from './stripe-driver';

describe('the form decoder', () => {
  it('decodes nested names and lists', () => {
    const form = parseForm('a=1&b[c]=2&b[d][e]=3&list[]=x&list[]=y&items[0][id]=i&items[1][id]=j&empty=');
    expect(JSON.parse(JSON.stringify(form))).toEqual({
      a: '1',
      b: { c: '2', d: { e: '3' } },
      list: ['x', 'y'],
      items: [{ id: 'i' }, { id: 'j' }],
      empty: '',
    });
  });

  it.each(['a=1&a[b]=2', 'a[b]=2&a=1', 'a[=1', '[a]=1', 'a]b=1', 'a[b]c=1', `a${'[b]'.repeat(20)}=1`])(
    'refuses %s',
    (text) => {
      expect(parseForm(text)).toBeUndefined();
    },
  );

  it('is safe against prototype names', () => {
    const form = parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1&metadata[__proto__]=x');
    expect(form).toBeDefined();
    expect(Object.getPrototypeOf(form)).toBeNull();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('never throws, and compares equal forms equal', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab[]=&%0_.'), maxLength: 40 }), (text) => {
        const form = parseForm(text);
        if (form) expect(canonicalForm(form)).toBe(canonicalForm(parseForm(text) ?? {}));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the Stripe double under garbage', () => {
  let driver: StripeDriver;
  beforeAll(async () => {
    driver = await startStripe();
  });
  afterAll(() => driver.close());

  const call = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`${driver.double.url}${path}`, {
      method,
      ...init,
      headers: {
        authorization: 'Bearer sk_test_x',
        'content-type': 'application/x-www-form-urlencoded',
        ...init.headers,
      },
    });

  it('answers every endpoint with Stripe-shaped errors for random bodies, and lives', async () => {
    const paid = await driver.pay('pm_card_visa');
    const ids = [paid.id, String(paid.latest_charge), 'x', '__proto__', 'constructor', '%00', '%F0%9F%92%A9'];
    const paths = [
      'payment_intents',
      'charges',
      'refunds',
      'customers',
      'payment_methods',
      'disputes',
      'payouts',
      'events',
      'prices',
      'webhook_endpoints',
      'balance_transactions',
      'nothing',
    ];
    const tails = ['', '/confirm', '/capture', '/cancel', '/attach', '/detach', '/close', '/search'];
    const value = fc.constantFrom(
      '',
      '1',
      '-1',
      '1e999',
      'usd',
      'pm_card_visa',
      'true',
      '\u0000',
      '💩',
      'x'.repeat(2_000),
      '__proto__',
      paid.id,
    );
    const name = fc.constantFrom(
      'amount',
      'currency',
      'metadata',
      'metadata[a]',
      'metadata[__proto__]',
      'expand[]',
      'expand[0][a]',
      'payment_method',
      'payment_method_data[type]',
      'payment_method_data[card][number]',
      'card',
      'card[number]',
      'type',
      'customer',
      'confirm',
      'limit',
      'created[gte]',
      'query',
      'starting_after',
      'url',
      'enabled_events[]',
      'off_session',
      'automatic_payment_methods[enabled]',
    );
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE'),
        fc.constantFrom(...paths),
        fc.constantFrom('', ...ids.map((id) => `/${id}`)),
        fc.constantFrom(...tails),
        pairs,
        async (method, resource, id, tail, fields) => {
          const encoded = new URLSearchParams(fields).toString();
          const path = `/v1/${resource}${id}${tail}`;
          const answer = await call(method, method === 'POST' ? path : `${path}?${encoded}`, {
            body: method === 'POST' ? encoded : undefined,
          });
          expect(answer.status).toBeLessThan(500);
          const body = (await answer.json()) as { error?: { type: string; message: string } };
          if (answer.status >= 400)
            expect(body.error).toMatchObject({ type: expect.any(String), message: expect.any(String) });
        },
      ),
      { numRuns: 400 },
    );
    expect((await driver.pay('pm_card_visa')).status).toBe('succeeded');
  }, 60_000);

  it.each([
    ['JSON', '{"amount":500}', 'application/json'],
    ['bytes', '\u0000\ufffd\u0001', 'application/octet-stream'],
    ['broken form', 'a[=1', 'application/x-www-form-urlencoded'],
  ])('answers a %s body with 400', async (_kind, body, contentType) => {
    const answer = await call('POST', '/v1/payment_intents', {
      body,
      headers: { 'content-type': contentType },
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('caps the body and does not know other paths', async () => {
    expect((await call('POST', '/v1/customers', { body: `name=${'x'.repeat(2 ** 20)}` })).status).toBe(413);
    const unknown = await call('GET', '/v1/unknown');
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      {
        error: {
          type: 'invalid_request_error',
          message: expect.stringContaining('Unrecognized request URL (GET: /v1/unknown)'),
        },
      },
    ]);
    expect((await call('DELETE', '/v1/payment_intents')).status).toBe(404);
  });
});
