import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Database } from '#shared/database/pool';
import { callPayPal } from '../../services/payment/providers/call-paypal';
import { type PayPalPayments, paypalPayments } from '../../services/payment/providers/paypal-payments';
import { type Driver, startDriver, webhookId } from '../doubles/paypal-driver';
import { insertPayment, paymentRows } from '../support/payment-rows';
import { expectSoundBooks, openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { makeReconciler } from '../support/payment-workers';
import { sqsEvent, sqsRecord } from '../support/sqs-event';
import { makeTestWebhook, type TestWebhook, webhookRequest } from '../support/webhook-service';

/** The PayPal double signs and sends, the webhook service verifies, the reconciler asks the double by PayPal's own SDK. */
let driver: Driver;
let webhook: TestWebhook;
let receiver: Server;
let databases: PaymentDatabase;
let service: Database;
let paypal: PayPalPayments;

beforeAll(async () => {
  databases = await openPaymentDatabase();
  service = databases.as('tandem_reconcile');
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values]),
    );
    const event = webhookRequest('paypal', Buffer.concat(chunks), headers, { base64: true });
    response.writeHead((await webhook.post(event)).status).end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  driver = await startDriver({ webhooks: [{ url, id: webhookId }] });
  webhook = makeTestWebhook({
    PAYPAL_WEBHOOK_ID: webhookId,
    PAYPAL_CERT_ORIGINS: driver.double.certOrigin,
    PAYPAL_TRUST_ROOTS: driver.double.trustRootPem,
  });
  const connection = {
    clientId: driver.double.clientId,
    clientSecret: driver.double.clientSecret,
    apiBase: driver.double.url,
    mode: 'test',
  } as const;
  const options = { siteUrl: 'https://shop.example.test', now: Date.now };
  paypal = paypalPayments(options, callPayPal(connection));
});

afterAll(async () => {
  await driver.close();
  receiver.closeAllConnections();
  await new Promise((done) => receiver.close(done));
  await expectSoundBooks(databases.admin);
  await databases.close();
});

const reconcileAll = async () => {
  await driver.double.deliveries.drain();
  const records = webhook.messages.splice(0).map((message) => sqsRecord(message));
  return (await makeReconciler(service, paypal).handle(sqsEvent(records))).batchItemFailures;
};

it('settles and refunds a purchase by what PayPal answers', async () => {
  const { id } = await insertPayment(databases.admin, { provider: 'paypal', providerRef: null });
  const { order, capture } = await driver.pay({ custom_id: id, invoice_id: id });
  expect(await reconcileAll()).toEqual([]);
  const bought = await paymentRows(databases.admin, id);
  expect(bought.payment).toMatchObject({
    status: 'succeeded',
    captured_minor: '1999',
    provider_ref: order.id,
  });
  expect(Number(bought.payment?.fee_minor)).toBeGreaterThan(0);

  await driver.call('POST', `/v2/payments/captures/${capture.id}/refund`, {
    amount: { currency_code: 'USD', value: '5.00' },
  });
  expect(await reconcileAll()).toEqual([]);
  const refunded = await paymentRows(databases.admin, id);
  expect(refunded.payment).toMatchObject({ status: 'partially_refunded', refunded_minor: '500' });
  expect(new Set(refunded.ledger.map(({ kind }) => kind))).toEqual(new Set(['capture', 'fee', 'refund']));
});

it('believes nothing of a body forged to the CRC-32 of a genuine one', async () => {
  const { id } = await insertPayment(databases.admin, { provider: 'paypal', providerRef: null });
  const { id: victim } = await insertPayment(databases.admin, { provider: 'paypal', providerRef: null });
  const { order } = await driver.pay({ custom_id: victim, invoice_id: victim });
  const { body: unpaid } = await driver.createOrder({ custom_id: id, invoice_id: id });
  await driver.double.deliveries.drain();
  webhook.messages.splice(0);
  for (const orderId of [unpaid.id, order.id]) {
    await driver.control('POST', '/paypal/forge', {
      kind: 'crc32-collision',
      body: {
        id: `WH-FORGED-${orderId}`,
        event_type: 'PAYMENT.CAPTURE.COMPLETED',
        resource: {
          id: '1AB',
          status: 'COMPLETED',
          custom_id: id,
          amount: { currency_code: 'USD', value: '1000000.00' },
          supplementary_data: { related_ids: { order_id: orderId } },
        },
      },
    });
  }
  // The signature holds, so the webhook service had to let them in.
  expect(webhook.messages).toHaveLength(2);
  expect(await reconcileAll()).toEqual([]);
  expect(await paymentRows(databases.admin, id)).toMatchObject({
    payment: { status: 'requires_action', captured_minor: '0' },
    facts: [],
    ledger: [],
  });
  // Of the other order PayPal says that it is paid, and what was paid for it.
  expect((await paymentRows(databases.admin, victim)).payment).toMatchObject({ captured_minor: '1999' });
});
