import * as fc from 'fast-check';
import { type Driver, fetchToken, startDriver, usd } from './paypal-driver';

/** Whatever comes in, the double answers: never a 5xx, never a crash. */
describe('garbage sent to the PayPal double', () => {
  let paypal: Driver;
  let token: string;
  let captureId: string;
  beforeAll(async () => {
    paypal = await startDriver({ webhooks: [] });
    token = await fetchToken(paypal.double);
    captureId = (await paypal.pay()).capture.id;
  });
  afterAll(() => paypal.close());

  const post = (path: string, body: string, method = 'POST', type = 'application/json') =>
    fetch(paypal.double.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body,
      redirect: 'manual',
    });

  async function paths(): Promise<[string, string][]> {
    const { body } = await paypal.createOrder();
    return [
      ['POST', '/v2/checkout/orders'],
      ['PATCH', `/v2/checkout/orders/${body.id}`],
      ['POST', `/v2/checkout/orders/${body.id}/capture`],
      ['POST', `/v2/payments/captures/${captureId}/refund`],
      ['POST', '/v2/payments/authorizations/NONE/capture'],
      ['POST', `/sandbox/orders/${body.id}/approve`],
      ['POST', '/v1/oauth2/token'],
      ['POST', '/v1/notifications/verify-webhook-signature'],
      ['POST', '/v1/notifications/webhooks'],
      ['POST', '/v1/notifications/webhooks-events/WH-1/resend'],
      ['POST', '/checkoutnow'],
      ['POST', '/_control/paypal/forge'],
      ['POST', '/_control/paypal/rules/captures'],
      ['POST', `/_control/paypal/captures/${captureId}`],
    ];
  }

  it('is answered below 500', async () => {
    const targets = await paths();
    const order = fc.record(
      {
        intent: fc.oneof(fc.constant('CAPTURE'), fc.jsonValue()),
        purchase_units: fc.oneof(
          fc.array(fc.oneof(fc.constant({ amount: usd('1.00') }), fc.jsonValue())),
          fc.jsonValue(),
        ),
        payment_source: fc.jsonValue(),
        application_context: fc.jsonValue(),
        amount: fc.oneof(fc.constant(usd('0.01')), fc.jsonValue()),
        status: fc.jsonValue(),
        webhook_event: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(
      fc.json(),
      order.map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '{"__proto__":{"amount":1}}',
        '[[[[',
        '{"a":1e999}',
        '\ufeff{}',
        '{"amount":{"value":"1","currency_code":"__proto__"}}',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), bodies, async ([method, path], body) => {
        const { status } = await post(path, body, method);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 600 },
    );
    expect((await paypal.pay()).capture.status).toBe('COMPLETED');
    expect(Object.hasOwn(Object.prototype, 'amount')).toBe(false);
  });

  it('has a name: malformed, wrong type, too large, unknown path, wrong method', async () => {
    expect((await post('/v2/checkout/orders', '{')).status).toBe(400);
    expect((await post('/v2/checkout/orders', '{}', 'POST', 'text/plain')).status).toBe(415);
    const big = await post('/v2/checkout/orders', `{"a":"${'x'.repeat(2 ** 20)}"}`);
    expect([big.status, ((await big.json()) as { name: string }).name]).toEqual([
      413,
      'REQUEST_ENTITY_TOO_LARGE',
    ]);
    const lost = await fetch(`${paypal.double.url}/v9/nothing`);
    expect([lost.status, ((await lost.json()) as { name: string }).name]).toEqual([
      404,
      'RESOURCE_NOT_FOUND',
    ]);
    expect((await post('/v2/checkout/orders', '{}', 'PUT')).status).toBe(405);
    const strange = await fetch(`${paypal.double.url}/v2/checkout/orders/%F0%28`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(strange.status).toBe(404);
  });
});
