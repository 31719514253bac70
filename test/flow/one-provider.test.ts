import { paymentRows } from '../support/payment-rows';
import { type PaymentTest, startPaymentTest } from '../support/payment-service';
import { makeSweeper } from '../support/payment-workers';
import { newShopper, type Shopper } from '../support/shopping';
import { makeTestWebhook, webhookRequest } from '../support/webhook-service';

/** A team that sells through one provider alone. */
let test: PaymentTest;
let shopper: Shopper;

beforeAll(async () => {
  test = await startPaymentTest();
});
beforeEach(async () => {
  shopper = await newShopper(test);
});
afterAll(() => test.close());

describe.each([
  ['paypal', 'stripe'],
  ['stripe', 'paypal'],
] as const)('without %s', (absent, present) => {
  beforeEach(() => {
    Object.assign(test[absent], { isConfigured: false });
  });
  afterEach(() => {
    Object.assign(test[absent], { isConfigured: true });
  });

  it('a payment through it is refused before anything is written, and one through the other is made', async () => {
    const asked = test[absent].calls.length;
    const refused = await shopper.create(absent);
    expect([refused.status, refused.body.code]).toEqual([422, 'provider_not_configured']);
    const { rows } = await test.admin.query(
      'select from public.payments where provider = $1 and user_id = $2',
      [absent, shopper.userId],
    );
    expect(rows).toEqual([]);
    expect(test[absent].calls).toHaveLength(asked);
    expect((await shopper.create(present)).status).toBe(201);
  });

  it('the sweep settles the payments of the other, and leaves those that were made before alone', async () => {
    const { id } = await shopper.agreed(present);
    Object.assign(test[absent], { isConfigured: true });
    const { id: left } = await shopper.agreed(absent);
    Object.assign(test[absent], { isConfigured: false });
    const asked = test[absent].calls.length;
    const sweeper = makeSweeper(test.as('tandem_reconcile', 1), test, () => Date.now() + 180_000);
    await sweeper.sweep();
    expect((await paymentRows(test.admin, id)).payment?.status).toBe('succeeded');
    expect((await paymentRows(test.admin, left)).payment?.status).not.toBe('succeeded');
    expect(test[absent].calls).toHaveLength(asked);
    expect(sweeper.failures).toEqual([]);
    // Nobody counts it as looked at, should it be set up again.
    const { rows } = await test.admin.query('select from private.payment_sweeps where payment_id = $1', [
      left,
    ]);
    expect(rows).toEqual([]);
    await test.admin.query(`update public.payments set created_at = created_at - interval '61 days'`);
  });
});

it.each([
  ['stripe', { STRIPE_WEBHOOK_SECRETS: '' }],
  ['paypal', { PAYPAL_WEBHOOK_ID: '' }],
] as const)(
  'a webhook of %s without its configuration is refused, and no message sent',
  async (provider, env) => {
    const webhook = makeTestWebhook(env);
    const { status, body } = await webhook.post(webhookRequest(provider, '{}', {}));
    expect([status, body]).toEqual([422, expect.objectContaining({ code: 'provider_not_configured' })]);
    expect(webhook.messages).toEqual([]);
  },
);
