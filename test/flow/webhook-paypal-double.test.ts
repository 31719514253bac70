import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Driver, startDriver, webhookId } from '../doubles/paypal-driver';
import { makeTestWebhook, type TestWebhook, webhookRequest } from '../support/webhook-service';

/** The webhook service as the receiver of the PayPal double: two implementations of one protocol. */
let paypal: Driver;
let webhook: TestWebhook;
let receiver: Server;
let codes: (string | undefined)[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values]),
    );
    const answer = await webhook.post(
      webhookRequest('paypal', Buffer.concat(chunks), headers, { base64: true }),
    );
    codes.push(answer.code);
    response.writeHead(answer.status).end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  paypal = await startDriver({ webhooks: [{ url, id: webhookId }] });
  webhook = makeTestWebhook({
    PAYPAL_WEBHOOK_ID: webhookId,
    PAYPAL_CERT_ORIGINS: paypal.double.certOrigin,
    PAYPAL_TRUST_ROOTS: paypal.double.trustRootPem,
  });
}, 60_000);

afterAll(async () => {
  await paypal.close();
  receiver.closeAllConnections();
  await new Promise((done) => receiver.close(done));
});

it('takes what the double sends for a purchase', async () => {
  await paypal.pay({ custom_id: '08fcdabe-63fc-48de-ad11-6780f43ba183' });
  await paypal.double.deliveries.drain();
  expect(webhook.messages.map(({ eventType }) => eventType).sort()).toEqual([
    'CHECKOUT.ORDER.APPROVED',
    'CHECKOUT.ORDER.COMPLETED',
    'PAYMENT.CAPTURE.COMPLETED',
  ]);
  expect(webhook.messages.every(({ body }) => body.includes('08fcdabe-63fc-48de-ad11-6780f43ba183'))).toBe(
    true,
  );
});

describe('refuses what an attacker sends', () => {
  it.each([
    'self-signed',
    'other-ca',
    'expired',
    'wrong-name',
    'leaf-signed',
    'other-webhook-id',
    'unsigned',
    'sha1-algorithm',
    'foreign-cert-url',
    'replay-other-body',
  ])('%s', async (kind) => {
    codes = [];
    const before = webhook.messages.length;
    await paypal.control('POST', '/paypal/forge', {
      kind,
      body: '{"id":"WH-1","event_type":"X","resource":{}}',
    });
    expect(codes).toEqual(['webhook_signature_invalid']);
    expect(webhook.messages).toHaveLength(before);
  });
});

it('cannot tell a CRC-32 collision from the truth, and takes no figure from it', async () => {
  codes = [];
  await paypal.control('POST', '/paypal/forge', {
    kind: 'crc32-collision',
    body: '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"1AB","amount":{"value":"1000000.00"}}}',
  });
  expect(codes).toEqual([undefined]);
  const body = JSON.parse(webhook.messages.at(-1)?.body ?? '');
  expect(body).toEqual({ id: 'WH-1', event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: '1AB' } });
});
