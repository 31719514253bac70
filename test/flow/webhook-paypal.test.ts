import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { forgeCrc32 } from '../../local/paypal/forge-crc32';
import {
  type CertServer,
  makeTestChain,
  PAYPAL_TEST_WEBHOOK_ID,
  type PayPalSigning,
  signPayPal,
  startCertServer,
  type TestChain,
} from '../support/paypal-signature';
import {
  fixture,
  fixturesOf,
  makeTestWebhook,
  type TestWebhook,
  webhookRequest,
} from '../support/webhook-service';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const TIME = '2026-11-22T11:59:58Z';
const CERT = 'CERT-360caa42-fca2a594-7a1c6d2e';
const DAY = 24 * 3600 * 1000;

let chain: TestChain;
let server: CertServer;
let clock = NOW;
let webhook: TestWebhook;

beforeAll(async () => {
  chain = await makeTestChain();
  server = await startCertServer();
}, 60_000);
afterAll(() => server.close());

beforeEach(() => {
  clock = NOW;
  server.asked.length = 0;
  server.answers.clear();
  server.answers.set(CERT, chain.served);
  webhook = restart();
});

/** A new process: nothing cached. */
const restart = (env: Readonly<Record<string, string>> = {}): TestWebhook =>
  makeTestWebhook(
    { PAYPAL_CERT_ORIGINS: server.origin, PAYPAL_TRUST_ROOTS: chain.root.pem, ...env },
    () => clock,
  );

const signed = (body: Buffer | string, change: Partial<PayPalSigning> = {}): Record<string, string> =>
  signPayPal(body, { key: chain.leaf.key, certUrl: server.urlOf(CERT), time: TIME, ...change });

const post = (body: Buffer | string, headers: Parameters<typeof webhookRequest>[2], base64 = true) =>
  webhook.post(webhookRequest('paypal', body, headers, { base64 }));

const EVENT = fixture('paypal', 'payment_capture_completed');

describe('a genuine PayPal event', () => {
  const fixtures = fixturesOf('paypal');

  it('has at least twenty recorded shapes', () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(20);
  });

  it.each(fixtures)('$name becomes one message that holds ids only', async ({ bytes }) => {
    const { status, body } = await post(bytes, signed(bytes));
    const sent = JSON.parse(bytes.toString());
    expect({ status, body }).toEqual({ status: 200, body: { success: true } });
    expect(webhook.messages).toEqual([
      {
        version: 1,
        provider: 'paypal',
        eventId: sent.id,
        eventType: sent.event_type,
        mode: 'test',
        account: null,
        receivedAt: new Date(NOW).toISOString(),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        transmissionId: signed(bytes)['PAYPAL-TRANSMISSION-ID'],
        body: expect.any(String),
      },
    ]);
    const text = webhook.messages[0]?.body ?? '';
    expect(JSON.parse(text).resource.id).toBe(sent.resource.id);
    expect(text).not.toMatch(/amount|value|status|state|Doe|@|Main St|2J6QB8YJQSJRJ/);
  });

  it('keeps the ids by which the object and our payment are found', async () => {
    await post(EVENT, signed(EVENT));
    const refund = fixture('paypal', 'payment_capture_refunded');
    await post(refund, signed(refund));
    const [capture, refunded] = webhook.messages.map(({ body }) => JSON.parse(body).resource);
    const original = JSON.parse(EVENT.toString()).resource;
    expect(capture).toMatchObject({
      id: original.id,
      custom_id: original.custom_id,
      invoice_id: original.invoice_id,
      supplementary_data: original.supplementary_data,
    });
    expect(refunded.links).toEqual([
      { rel: 'up', href: expect.stringMatching(`/v2/payments/captures/${capture.id}$`) },
    ]);
  });

  it('is accepted plain as well as base64-encoded, on either path', async () => {
    expect((await post(EVENT, signed(EVENT), false)).status).toBe(200);
    const slash = webhookRequest('paypal', EVENT, signed(EVENT), { slash: true });
    expect((await webhook.post(slash)).status).toBe(200);
    expect(webhook.messages).toHaveLength(2);
  });

  it('is accepted for as long as PayPal retries, and a little ahead of our clock', async () => {
    for (const time of [new Date(NOW - 4 * DAY), new Date(NOW + 5 * 60_000)]) {
      expect((await post(EVENT, signed(EVENT, { time: time.toISOString() }))).status).toBe(200);
    }
  });

  it('needs one fetch of the certificate a day, however many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => post(EVENT, signed(EVENT))));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    clock = NOW + DAY - 1;
    await post(EVENT, signed(EVENT));
    expect(server.asked).toHaveLength(1);
    clock = NOW + DAY;
    await post(EVENT, signed(EVENT));
    expect(server.asked).toHaveLength(2);
  });

  it('is answered 503, for PayPal to try again, when the queue fails', async () => {
    webhook.failQueueWith = new Error('anything');
    expect((await post(EVENT, signed(EVENT))).status).toBeGreaterThanOrEqual(500);
  });
});

describe('a body forged for a captured signature', () => {
  it('passes, since PayPal signs no more than a CRC-32, but brings nothing but ids', async () => {
    const target = crc32(EVENT);
    const forged = JSON.parse(EVENT.toString());
    forged.resource.amount.value = '999999.00';
    forged.resource.status = 'COMPLETED';
    const body = forgeCrc32(JSON.stringify(forged), target);
    expect(crc32(body)).toBe(target);
    const { status } = await post(body, signed(EVENT));
    expect(status).toBe(200);
    expect(webhook.messages[0]?.body).not.toMatch(/999999|amount|status/);
    expect(webhook.messages[0]?.sha256).not.toBe(createHash('sha256').update(EVENT).digest('hex'));
  });
});

describe('what is refused with 400, and leaves no message', () => {
  const without = (name: string) =>
    Object.fromEntries(Object.entries(signed(EVENT)).filter(([key]) => key !== name));
  const headers: [string, () => Parameters<typeof webhookRequest>[2], string][] = [
    ...['ID', 'TIME', 'SIG'].map((part): [string, () => Record<string, string>, string] => [
      `no transmission ${part}`,
      () => without(`PAYPAL-TRANSMISSION-${part}`),
      'webhook_signature_invalid',
    ]),
    ['no certificate URL', () => without('PAYPAL-CERT-URL'), 'webhook_signature_invalid'],
    ['no algorithm', () => without('PAYPAL-AUTH-ALGO'), 'webhook_signature_invalid'],
    ['no headers', () => ({}), 'webhook_signature_invalid'],
    [
      'SHA-1, signed so',
      () => ({ ...signed(EVENT, { hash: 'sha1' }), 'PAYPAL-AUTH-ALGO': 'SHA1withRSA' }),
      'webhook_signature_invalid',
    ],
    ['SHA-1, called SHA-256', () => signed(EVENT, { hash: 'sha1' }), 'webhook_signature_invalid'],
    [
      "another merchant's webhook id",
      () => signed(EVENT, { webhookId: '1JE4291016473214C' }),
      'webhook_signature_invalid',
    ],
    [
      "the simulator's webhook id",
      () => signed(EVENT, { webhookId: 'WEBHOOK_ID' }),
      'webhook_signature_invalid',
    ],
    ['another body', () => signed('{}'), 'webhook_signature_invalid'],
    [
      'a transmission id with separators',
      () => signed(EVENT, { id: `a|${TIME}` }),
      'webhook_signature_invalid',
    ],
    [
      'a signature that is not base64',
      () => ({ ...signed(EVENT), 'PAYPAL-TRANSMISSION-SIG': '<>' }),
      'webhook_signature_invalid',
    ],
    [
      'two signatures',
      () => {
        const one = signed(EVENT);
        return { ...one, 'PAYPAL-TRANSMISSION-SIG': [String(one['PAYPAL-TRANSMISSION-SIG']), 'AAAA'] };
      },
      'webhook_signature_invalid',
    ],
    ['a time that is no time', () => signed(EVENT, { time: 'yesterday' }), 'webhook_signature_invalid'],
    [
      'more than 4 days old',
      () => signed(EVENT, { time: new Date(NOW - 4 * DAY - 1000).toISOString() }),
      'webhook_timestamp_out_of_tolerance',
    ],
    [
      'more than 5 minutes ahead',
      () => signed(EVENT, { time: new Date(NOW + 301_000).toISOString() }),
      'webhook_timestamp_out_of_tolerance',
    ],
  ];

  it.each(headers)('%s', async (_, make, code) => {
    const refused = await post(EVENT, make());
    expect([refused.status, refused.code]).toEqual([400, code]);
    expect(webhook.messages).toEqual([]);
  });

  const bodies: [string, string | Buffer][] = [
    ['broken JSON', '{'],
    ['no resource', '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}'],
    ['a resource that is a list', '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":[]}'],
    ['no id', '{"event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}'],
    ['a __proto__ key', '{"id":"WH-1","event_type":"X","resource":{"__proto__":{"a":1}}}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), EVENT])],
  ];

  it.each(bodies)('well signed, but with %s', async (_, body) => {
    const refused = await post(body, signed(body));
    expect([refused.status, refused.code]).toEqual([400, 'webhook_body_invalid']);
    expect(webhook.messages).toEqual([]);
  });

  it('a body over 256 KB', async () => {
    const big = `{"x":"${'x'.repeat(262_144)}"}`;
    expect((await post(big, signed(big))).code).toBe('payload_too_large');
  });

  it('a sandbox certificate on a live stage', async () => {
    webhook = makeTestWebhook({ PROVIDER_MODE: 'live', PAYPAL_TRUST_ROOTS: chain.root.pem }, () => clock);
    const certUrl = `https://api.sandbox.paypal.com/v1/notifications/certs/${CERT}`;
    expect((await post(EVENT, signed(EVENT, { certUrl }))).code).toBe('webhook_signature_invalid');
  });

  it('everything it refused cost no certificate fetch unless the headers were in order', async () => {
    await post(EVENT, without('PAYPAL-TRANSMISSION-SIG'));
    await post(EVENT, signed(EVENT, { time: '2020-01-01T00:00:00Z' }));
    await post(EVENT, signed(EVENT, { certUrl: 'http://169.254.169.254/latest/meta-data' }));
    expect(server.asked).toEqual([]);
  });
});

describe('what cannot be told now is answered 503', () => {
  const unavailable = async (): Promise<void> => {
    const refused = await post(EVENT, signed(EVENT));
    expect([refused.status, refused.code]).toEqual([503, 'webhook_verification_unavailable']);
    expect(webhook.messages).toEqual([]);
  };

  it.each([
    ['not found', { status: 404 }],
    ['an error', { status: 500, body: 'oops' }],
    ['an error page that says 200', { status: 200, body: '<html>Sorry</html>' }],
    [
      'something that is not X.509',
      { status: 200, body: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    ],
    ['more than 64 KB', { status: 200, body: 'x'.repeat(70_000) }],
  ])('the certificate URL answers %s', async (_, answer) => {
    server.answers.set(CERT, answer);
    await unavailable();
  });

  it('a redirect is not followed', async () => {
    server.answers.set('CERT-other', chain.served);
    server.answers.set(CERT, { status: 302, headers: { location: server.urlOf('CERT-other') } });
    await unavailable();
    expect(server.asked).toEqual([`/v1/notifications/certs/${CERT}`]);
  });

  it('a server that does not answer is given 3 seconds', async () => {
    server.answers.set(CERT, 'hang');
    const started = Date.now();
    await unavailable();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it('failures are remembered for a minute, then it heals', async () => {
    server.answers.set(CERT, { status: 500 });
    await unavailable();
    server.answers.set(CERT, chain.served);
    await unavailable();
    expect(server.asked).toHaveLength(1);
    clock = NOW + 60_000;
    expect((await post(EVENT, signed(EVENT))).status).toBe(200);
  });

  it('made-up certificate names cost a bounded number of fetches, and the known one still works', async () => {
    await post(EVENT, signed(EVENT));
    for (let n = 0; n < 40; n += 1)
      await post(EVENT, signed(EVENT, { certUrl: server.urlOf(`CERT-none-${n}`) }));
    expect(server.asked.length).toBeLessThanOrEqual(17);
    expect((await post(EVENT, signed(EVENT))).status).toBe(200);
  });
});

it('uses the webhook id of the configuration', async () => {
  webhook = restart({ PAYPAL_WEBHOOK_ID: '1JE4291016473214C' });
  expect((await post(EVENT, signed(EVENT, { webhookId: PAYPAL_TEST_WEBHOOK_ID }))).status).toBe(400);
  expect((await post(EVENT, signed(EVENT, { webhookId: '1JE4291016473214C' }))).status).toBe(200);
});
