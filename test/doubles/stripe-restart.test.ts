import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StripeDouble, startStripeDouble } from '../../local/stripe/start-stripe-double';
import { clientOf } from './stripe-driver';
import { startWebhookSink, type WebhookSink } from './webhook-sink';

describe('the Stripe double over a restart', () => {
  let folder: string;
  let sink: WebhookSink;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stripe-double-'));
    sink = await startWebhookSink();
  });
  afterEach(async () => {
    await sink.close();
    rmSync(folder, { recursive: true });
  });

  const start = (): Promise<StripeDouble> =>
    startStripeDouble({
      port: 0,
      seed: 3,
      stateFile: join(folder, 'nested', 'stripe.json'),
      webhooks: [{ url: sink.url, secret: 'whsec_1' }],
    });

  it('keeps objects, keys, timers and deliveries on their way', async () => {
    const first = await start();
    first.deliveries.setRules({ delayMs: 5_000, types: ['customer.created'] });
    const stripe = clientOf(first, first.secretKey);
    const customer = await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k' });
    const paid = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'eur',
      customer: customer.id,
      payment_method: 'pm_card_pendingRefund',
      confirm: true,
      allowed_payment_method_types: ['card'],
    });
    const refund = await stripe.refunds.create({ payment_intent: paid.id });
    await first.deliveries.drain();
    await first.close();
    expect(readdirSync(join(folder, 'nested'))).toEqual(['stripe.json']);

    sink.clear();
    const second = await start();
    const again = clientOf(second, second.secretKey);
    expect((await again.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k' })).id).toBe(
      customer.id,
    );
    expect((await again.paymentIntents.retrieve(paid.id)).status).toBe('succeeded');
    expect((await again.refunds.retrieve(refund.id)).status).toBe('pending');
    second.clock.advance(10_000);
    await second.deliveries.drain();
    expect((await again.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(sink.types().sort()).toEqual([
      'charge.refund.updated',
      'charge.updated',
      'customer.created',
      'refund.updated',
    ]);
    const other = await again.customers.create();
    expect(other.id).not.toBe(customer.id);
    await second.close();
  });

  it('starts fresh when the saved state cannot be read', async () => {
    const first = await start();
    await first.close();
    for (const text of ['{"half":', '[]', '"x"', '{}', 'null']) {
      writeFileSync(join(folder, 'nested', 'stripe.json'), text);
      const again = await start();
      expect((await clientOf(again, again.secretKey).customers.list()).data).toEqual([]);
      await again.close();
    }
  });
});
