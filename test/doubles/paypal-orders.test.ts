import { type Driver, representation, startDriver, usd } from './paypal-driver';

const hourMs = 3_600_000;

describe('the orders of the PayPal double', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());

  const orders = '/v2/checkout/orders';
  const issueOf = (answer: { body: { details?: { issue: string }[] } }) => answer.body.details?.[0]?.issue;

  it('gives a token for the right credentials only, and wants it on every call', async () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const { url, clientId, clientSecret } = paypal.double;
    const ask = (authorization: string, grant = 'client_credentials') =>
      fetch(`${url}/v1/oauth2/token`, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ grant_type: grant }),
      });
    const granted = await ask(basic(`${clientId}:${clientSecret}`));
    expect(await granted.json()).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
    const refused = await ask(basic(`${clientId}:wrong`));
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({
      error: 'invalid_client',
      error_description: 'Client Authentication failed',
    });
    expect((await ask(basic(`${clientId}:${clientSecret}`), 'password')).status).toBe(400);

    for (const authorization of ['', 'Bearer nonsense', basic(`${clientId}:${clientSecret}`)]) {
      const answer = await paypal.call('GET', `${orders}/5O190127TN364715T`, undefined, { authorization });
      expect(answer.status).toBe(401);
      expect(answer.body.name).toBe('AUTHENTICATION_FAILURE');
    }
  });

  it('takes an order from creation over approval to capture', async () => {
    const created = await paypal.createOrder({ custom_id: 'payment-1', invoice_id: 'payment-1' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ status: 'CREATED', id: expect.stringMatching(/^[0-9A-Z]{17}$/) });
    expect(created.body.links.map(({ rel }) => rel)).toEqual(['self', 'approve', 'update', 'capture']);
    const { id } = created.body;

    expect(issueOf(await paypal.call('POST', `${orders}/${id}/capture`, {}))).toBe('ORDER_NOT_APPROVED');
    const approved = await paypal.approve(id, { payer: { email_address: 'ann@example.com' } });
    expect(approved.body.order).toMatchObject({
      status: 'APPROVED',
      payer: { email_address: 'ann@example.com' },
    });

    const captured = await paypal.call('POST', `${orders}/${id}/capture`, {}, representation);
    expect(captured.status).toBe(201);
    expect(captured.body).toMatchObject({
      status: 'COMPLETED',
      purchase_units: [
        {
          custom_id: 'payment-1',
          payments: {
            captures: [
              {
                status: 'COMPLETED',
                amount: usd('19.99'),
                final_capture: true,
                seller_receivable_breakdown: {
                  gross_amount: usd('19.99'),
                  paypal_fee: usd('1.19'),
                  net_amount: usd('18.80'),
                },
              },
            ],
          },
        },
      ],
    });
    expect(issueOf(await paypal.call('POST', `${orders}/${id}/capture`, {}))).toBe('ORDER_ALREADY_CAPTURED');
    const capture = captured.body.purchase_units[0]?.payments.captures[0];
    const shown = await paypal.call('GET', `/v2/payments/captures/${capture?.id}`);
    expect(shown.body.supplementary_data.related_ids).toEqual({ order_id: id });
    await paypal.double.deliveries.drain();
    expect(paypal.hook.types()).toEqual(
      expect.arrayContaining([
        'CHECKOUT.ORDER.APPROVED',
        'PAYMENT.CAPTURE.COMPLETED',
        'CHECKOUT.ORDER.COMPLETED',
      ]),
    );
  });

  it('wants a request id with a payment source, and then asks for the payer', async () => {
    const source = {
      payment_source: { paypal: { experience_context: { return_url: 'https://shop.example/back?a=1' } } },
    };
    expect(issueOf(await paypal.createOrder({}, source))).toBe('PAYPAL_REQUEST_ID_REQUIRED');
    const body = { intent: 'CAPTURE', purchase_units: [{ amount: usd('5.00') }], ...source };
    const created = await paypal.call('POST', orders, body, { 'paypal-request-id': 'with-source' });
    expect(created).toMatchObject({ status: 200, body: { status: 'PAYER_ACTION_REQUIRED' } });
    expect(created.body.links[1]?.rel).toBe('payer-action');
    const approved = await paypal.approve(created.body.id);
    const { searchParams } = new URL(approved.body.redirect_url);
    expect(Object.fromEntries(searchParams)).toEqual({
      a: '1',
      token: created.body.id,
      PayerID: approved.body.order.payer.payer_id,
    });
  });

  it.each([
    ['USD', '10', 201, '10.00'],
    ['USD', '10.5', 201, '10.50'],
    ['EUR', '.5', 201, '0.50'],
    ['HUF', '10', 201, '10'],
    ['JPY', '1999', 201, '1999'],
    ['TWD', '7', 201, '7'],
    ['HUF', '10.00', 422, 'DECIMALS_NOT_SUPPORTED'],
    ['JPY', '10.5', 422, 'DECIMALS_NOT_SUPPORTED'],
    ['TWD', '10.0', 422, 'DECIMALS_NOT_SUPPORTED'],
    ['USD', '1.001', 422, 'DECIMAL_PRECISION'],
    ['BHD', '1.000', 422, 'INVALID_CURRENCY_CODE'],
    ['KRW', '100', 422, 'INVALID_CURRENCY_CODE'],
    ['USD', '0.00', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['USD', '-5', 422, 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['USD', '1e3', 400, 'INVALID_PARAMETER_SYNTAX'],
    ['USD', '١٢', 400, 'INVALID_PARAMETER_SYNTAX'],
    ['US', '1.00', 400, 'INVALID_STRING_LENGTH'],
    ['USD', 5, 400, 'INVALID_PARAMETER_SYNTAX'],
    ['USD', '9999999999999999.99', 422, 'MAX_VALUE_EXCEEDED'],
  ])('takes %s %s with %i %s', async (currency_code, value, status, outcome) => {
    const body = { intent: 'CAPTURE', purchase_units: [{ amount: { currency_code, value } }] };
    const answer = await paypal.call('POST', orders, body, representation);
    expect(answer.status).toBe(status);
    expect(status === 201 ? answer.body.purchase_units[0]?.amount.value : issueOf(answer)).toBe(outcome);
  });

  it('answers errors as PayPal does: name, message, debug id, details, links', async () => {
    const answer = await paypal.call('GET', `${orders}/NOSUCHORDER`);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      name: 'RESOURCE_NOT_FOUND',
      details: [
        {
          field: 'order_id',
          value: 'NOSUCHORDER',
          location: 'path',
          issue: 'INVALID_RESOURCE_ID',
          description: expect.any(String),
        },
      ],
      message: 'The specified resource does not exist.',
      debug_id: answer.headers.get('paypal-debug-id'),
      links: [expect.objectContaining({ rel: 'information_link' })],
    });
  });

  it('refuses a second capture under an invoice id that was captured', async () => {
    await paypal.pay({ invoice_id: 'inv-twice' });
    const second = await paypal.createOrder({ invoice_id: 'inv-twice' });
    await paypal.approve(second.body.id);
    const answer = await paypal.call('POST', `${orders}/${second.body.id}/capture`, {});
    expect(answer.status).toBe(422);
    expect(issueOf(answer)).toBe('DUPLICATE_INVOICE_ID');
  });

  it('patches a unit, and nothing else', async () => {
    const { body } = await paypal.createOrder();
    const path = "/purchase_units/@reference_id=='default'";
    const patch = (items: unknown) => paypal.call('PATCH', `${orders}/${body.id}`, items);
    expect((await patch([{ op: 'replace', path: `${path}/amount`, value: usd('3.00') }])).status).toBe(204);
    const shown = await paypal.call('GET', `${orders}/${body.id}`);
    expect(shown.body.purchase_units[0]?.amount).toEqual(usd('3.00'));
    expect(issueOf(await patch([{ op: 'replace', path: '/status', value: 'COMPLETED' }]))).toBe(
      'FIELD_NOT_PATCHABLE',
    );
    expect((await patch({ op: 'replace' })).status).toBe(400);
  });

  it('reverses an approval that is not captured within three hours', async () => {
    const { body } = await paypal.createOrder({ custom_id: 'lapses' });
    await paypal.approve(body.id);
    await paypal.control('POST', '/clock', { advanceMs: 3 * hourMs + 1_000 });
    await paypal.double.deliveries.drain();
    const reversed = paypal.hook.got.find(
      ({ event }) =>
        event.event_type === 'CHECKOUT.PAYMENT-APPROVAL.REVERSED' && event.resource.order_id === body.id,
    );
    expect(reversed?.event.resource.purchase_units[0]?.custom_id).toBe('lapses');
    expect((await paypal.call('GET', `${orders}/${body.id}`)).body.status).toBe('VOIDED');
    expect(issueOf(await paypal.call('POST', `${orders}/${body.id}/capture`, {}))).toBe('ORDER_EXPIRED');
    await paypal.control('DELETE', '/clock');
  });

  it('authorizes, captures in parts and voids', async () => {
    const { body: order } = await paypal.createOrder({}, { intent: 'AUTHORIZE' });
    await paypal.approve(order.id);
    expect(issueOf(await paypal.call('POST', `${orders}/${order.id}/capture`, {}))).toBe(
      'ACTION_DOES_NOT_MATCH_INTENT',
    );
    const authorized = await paypal.call('POST', `${orders}/${order.id}/authorize`, {}, representation);
    const [authorization] = authorized.body.purchase_units[0]?.payments.authorizations ?? [];
    const path = `/v2/payments/authorizations/${authorization?.id}`;
    const part = await paypal.call('POST', `${path}/capture`, { amount: usd('9.99') }, representation);
    expect(part.body).toMatchObject({ status: 'COMPLETED', final_capture: false });
    expect(issueOf(await paypal.call('POST', `${path}/capture`, { amount: usd('10.01') }))).toBe(
      'MAX_CAPTURE_AMOUNT_EXCEEDED',
    );
    expect((await paypal.call('GET', path)).body.status).toBe('PARTIALLY_CAPTURED');
    expect((await paypal.call('POST', `${path}/void`)).status).toBe(204);
    expect(issueOf(await paypal.call('POST', `${path}/void`))).toBe('PREVIOUSLY_VOIDED');
  });

  it('fails on demand: rules, negative testing, injected faults', async () => {
    const { body } = await paypal.createOrder();
    await paypal.approve(body.id);
    const capture = (headers = {}) => paypal.call('POST', `${orders}/${body.id}/capture`, {}, headers);
    await paypal.control('POST', '/paypal/rules/captures', {
      outcome: 'ERROR',
      reason: 'INSTRUMENT_DECLINED',
    });
    const declined = await capture();
    expect(issueOf(declined)).toBe('INSTRUMENT_DECLINED');
    expect(declined.body.links[1]).toMatchObject({ rel: 'redirect', href: expect.stringContaining(body.id) });
    const mocked = await capture({
      'paypal-mock-response': '{"mock_application_codes": "PAYER_ACTION_REQUIRED"}',
    });
    expect(issueOf(mocked)).toBe('PAYER_ACTION_REQUIRED');
    await paypal.control('POST', '/faults', { pathPattern: '/v2/*', times: 1, action: { status: 429 } });
    expect((await capture()).status).toBe(429);
    expect((await capture()).status).toBe(201);
  });
});
