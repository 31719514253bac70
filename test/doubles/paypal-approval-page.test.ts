import { type Driver, representation, startDriver, usd } from './paypal-driver';

describe('the approval page of the PayPal double', () => {
  let paypal: Driver;
  beforeAll(async () => {
    paypal = await startDriver();
  });
  afterAll(() => paypal.close());

  const context = { return_url: 'https://shop.example/back?x=1', cancel_url: 'https://shop.example/cart' };
  const nasty = `<script>alert("1")</script>&'`;

  async function open(extra: Record<string, unknown> = { application_context: context }) {
    const { body } = await paypal.createOrder({ description: nasty, custom_id: nasty }, extra);
    const link = body.links.find(({ rel }) => rel === 'approve')?.href ?? '';
    return { id: body.id, page: await fetch(link) };
  }

  const press = (token: string, outcome: string) =>
    fetch(`${paypal.double.url}/checkoutnow`, {
      method: 'POST',
      body: new URLSearchParams({ token, outcome }),
      redirect: 'manual',
    });

  it('shows what is to be paid, escaped, with nothing from elsewhere', async () => {
    const { id, page } = await open();
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('19.99 USD');
    expect(html).toContain(id);
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;');
    expect(html).not.toMatch(/(src|href)="?http/);
  });

  it('sends an approving payer back with token and PayerID', async () => {
    const { id } = await open();
    const pressed = await press(id, 'approve');
    expect(pressed.status).toBe(303);
    const back = new URL(pressed.headers.get('location') ?? '');
    expect(back.origin + back.pathname).toBe('https://shop.example/back');
    expect(back.searchParams.get('token')).toBe(id);
    expect(back.searchParams.get('PayerID')).toMatch(/^[0-9A-Z]{13}$/);
    const shown = await paypal.call('GET', `/v2/checkout/orders/${id}`);
    expect(shown.body.status).toBe('APPROVED');
    const again = await fetch(`${paypal.double.url}/checkoutnow?token=${id}`);
    expect(await again.text()).toContain('Nothing to approve');
  });

  it('sends a cancelling payer back to the cart, the order unpaid', async () => {
    const { id } = await open();
    const pressed = await press(id, 'cancel');
    expect(pressed.headers.get('location')).toBe(`https://shop.example/cart?token=${id}`);
    expect((await paypal.call('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('CREATED');
    const byApi = await paypal.approve(id, { outcome: 'cancel' });
    expect(byApi.body).toMatchObject({
      order: { status: 'CREATED' },
      redirect_url: expect.stringContaining('/cart'),
    });
  });

  it('thanks a payer who has nowhere to return to, and explains unknown orders', async () => {
    const { id } = await open({});
    const pressed = await press(id, 'approve');
    expect(pressed.status).toBe(200);
    expect(await pressed.text()).toContain('Approved');
    expect((await press('NOSUCH<b>', 'approve')).status).toBe(404);
    expect((await fetch(`${paypal.double.url}/checkoutnow`)).status).toBe(404);
  });

  it('refuses addresses that are not http, so that no page leads to a script', async () => {
    const answer = await paypal.call(
      'POST',
      '/v2/checkout/orders',
      {
        intent: 'CAPTURE',
        purchase_units: [{ amount: usd('1.00') }],
        application_context: { return_url: 'javascript:alert(1)' },
      },
      representation,
    );
    expect(answer.status).toBe(400);
  });
});
