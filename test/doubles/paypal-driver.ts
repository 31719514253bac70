import { createVerify, X509Certificate } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import {
  type PayPalDouble,
  type PayPalDoubleOptions,
  startPayPalDouble,
} from '../../local/paypal/start-paypal-double';

/** A webhook the receiver got, byte for byte. */
export type Received = { headers: IncomingHttpHeaders; body: Buffer; event: PayPalEvent };

export type PayPalEvent = {
  id: string;
  event_type: string;
  resource_type: string;
  summary: string;
  resource: Json;
};

/**
 * Every field that the tests read of any answer, as if it were there: a client of the real API trusts its
 * documentation in the same way, and a missing field fails the expectation.
 */
export type Json = {
  id: string;
  status: string;
  name: string;
  order_id: string;
  custom_id: string;
  note_to_payer: string;
  amount: { currency_code: string; value: string };
  status_details: { reason: string };
  details: { issue: string }[];
  links: { rel: string; href: string }[];
  payer: { payer_id: string };
  purchase_units: { custom_id: string; amount: { value: string }; payments: PaymentsJson }[];
  supplementary_data: { related_ids: { order_id: string } };
  seller_payable_breakdown: { total_refunded_amount: { value: string } };
  // the payer's side and the control API
  order: Json;
  redirect_url: string;
  events: PayPalEvent[];
  webhooks: { id: string }[];
  count: number;
  verification_status: string;
  changed: boolean;
  attempts: { status: number | null }[];
  body: string;
  deliveries: { attempts: unknown[]; state: string; eventId: string }[];
  entries: { kind: string; amount: number; fee: number; currency: string; paymentId: string | null }[];
};

type PaymentsJson = { captures: Json[]; refunds: Json[]; authorizations: Json[] };

export type Receiver = {
  url: string;
  got: Received[];
  /** Status of the next answers; 200 when the list is empty. */
  answers: number[];
  types(): string[];
  close(): Promise<void>;
};

/** A merchant's webhook endpoint that keeps what it gets. */
export async function startReceiver(): Promise<Receiver> {
  const got: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      got.push({ headers: request.headers, body, event: JSON.parse(body.toString('utf8')) });
      response.statusCode = answers.shift() ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answers,
    types: () => got.map(({ event }) => event.event_type),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const webhookId = '8PT597110X687430L';

export type Driver = {
  double: PayPalDouble;
  hook: Receiver;
  /** An authenticated API call; `body` is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  createOrder(unit?: Record<string, unknown>, extra?: Record<string, unknown>): Promise<Answer>;
  approve(orderId: string, body?: unknown): Promise<Answer>;
  /** Create, approve and capture; the whole order. */
  pay(unit?: Record<string, unknown>): Promise<{ order: Json; capture: Json }>;
  close(): Promise<void>;
};

export type Answer = { status: number; body: Json; headers: Headers };

export const usd = (value: string) => ({ currency_code: 'USD', value });

export const representation = { prefer: 'return=representation' };

/** A double with one webhook, and a client that knows its credentials. */
export async function startDriver(options: Partial<PayPalDoubleOptions> = {}): Promise<Driver> {
  const hook = await startReceiver();
  const double = await startPayPalDouble({
    port: 0,
    seed: 7,
    webhooks: [{ url: hook.url, id: webhookId }],
    ...options,
  });
  const token = await fetchToken(double);

  async function send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const response = await fetch(double.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  const driver: Driver = {
    double,
    hook,
    call: (method, path, body, headers = {}) =>
      send(method, path, body, { authorization: `Bearer ${token}`, ...headers }),
    control: (method, path, body) => send(method, `/_control${path}`, body, {}),
    createOrder: (unit = {}, extra = {}) =>
      driver.call('POST', '/v2/checkout/orders', {
        intent: 'CAPTURE',
        purchase_units: [{ amount: usd('19.99'), ...unit }],
        ...extra,
      }),
    approve: (orderId, body) => send('POST', `/sandbox/orders/${orderId}/approve`, body, {}),
    async pay(unit) {
      const { body: created } = await driver.createOrder(unit);
      await driver.approve(created.id);
      const { body: order } = await driver.call(
        'POST',
        `/v2/checkout/orders/${created.id}/capture`,
        {},
        representation,
      );
      const capture = order.purchase_units?.[0]?.payments.captures[0];
      if (capture === undefined) throw new Error(`not captured: ${JSON.stringify(order)}`);
      return { order, capture };
    },
    async close() {
      await double.close();
      await hook.close();
    },
  };
  return driver;
}

export async function fetchToken(double: PayPalDouble): Promise<string> {
  const basic = Buffer.from(`${double.clientId}:${double.clientSecret}`).toString('base64');
  const response = await fetch(`${double.url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/**
 * An independent verifier, written from the documentation alone: the signed text, and the chain up to the root
 * that the double names. Returns why it does not hold, or 'genuine'.
 */
export async function judge(received: Received, expectedWebhookId: string, rootPem: string): Promise<string> {
  const header = (name: string) => String(received.headers[name] ?? '');
  if (header('paypal-auth-algo') !== 'SHA256withRSA') return 'algorithm';
  if (!header('paypal-cert-url').startsWith('http://127.0.0.1:')) return 'certificate url';
  const pem = await (await fetch(header('paypal-cert-url'))).text();
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const chain = [...certificates, rootPem].map((one) => new X509Certificate(one));
  const [leaf] = chain;
  if (leaf === undefined) return 'no certificate';
  if (leaf.subject.split('\n')[0] !== 'CN=messageverificationcerts.sandbox.paypal.com') return 'name';
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? certificate;
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
      return 'chain';
    const now = Date.now();
    if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) return 'expired';
  }
  const text = [
    header('paypal-transmission-id'),
    header('paypal-transmission-time'),
    expectedWebhookId,
    String(crc32(received.body) >>> 0),
  ].join('|');
  const holds = createVerify('RSA-SHA256')
    .update(text)
    .verify(leaf.publicKey, header('paypal-transmission-sig'), 'base64');
  return holds ? 'genuine' : 'signature';
}
