import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Driver, judge, startDriver, usd, webhookId } from './paypal-driver';

describe('a restart of the PayPal double', () => {
  let folder: string;
  let paypal: Driver | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paypal-double-'));
  });
  afterEach(async () => {
    await paypal?.close();
    await rm(folder, { recursive: true });
  });

  const start = () => startDriver({ stateFile: join(folder, 'paypal.json') });

  it('keeps orders, payments, request ids, books and certificates', async () => {
    paypal = await start();
    const { order, capture } = await paypal.pay({ custom_id: 'survives' });
    const withId = { 'paypal-request-id': 'before' };
    const refund = `/v2/payments/captures/${capture.id}/refund`;
    const made = await paypal.call('POST', refund, { amount: usd('1.00') }, withId);
    const root = paypal.double.trustRootPem;
    await paypal.close();

    paypal = await start();
    expect(paypal.double.trustRootPem).toBe(root);
    expect((await paypal.call('GET', `/v2/checkout/orders/${order.id}`)).body.status).toBe('COMPLETED');
    expect((await paypal.call('POST', refund, { amount: usd('1.00') }, withId)).body.id).toBe(made.body.id);
    expect((await paypal.control('GET', '/ledger')).body.entries).toHaveLength(2);
    const next = await paypal.pay();
    expect(next.capture.id).not.toBe(capture.id);
    await paypal.double.deliveries.drain();
    const received = paypal.hook.got.at(-1);
    expect(received && (await judge(received, webhookId, root))).toBe('genuine');
  });

  it('still lets an approval lapse that was given before', async () => {
    paypal = await start();
    const { body } = await paypal.createOrder();
    await paypal.approve(body.id);
    await paypal.close();

    paypal = await start();
    await paypal.control('POST', '/clock', { advanceMs: 3 * 3_600_000 + 1_000 });
    expect((await paypal.call('GET', `/v2/checkout/orders/${body.id}`)).body.status).toBe('VOIDED');
  });

  it('forgets everything but webhooks and tokens on reset', async () => {
    paypal = await start();
    const { order } = await paypal.pay();
    await paypal.control('POST', '/reset');
    expect((await paypal.call('GET', `/v2/checkout/orders/${order.id}`)).status).toBe(404);
    expect((await paypal.control('GET', '/ledger')).body.entries).toEqual([]);
    await paypal.pay();
    await paypal.double.deliveries.drain();
    expect(paypal.hook.types()).toContain('PAYMENT.CAPTURE.COMPLETED');
  });
});
