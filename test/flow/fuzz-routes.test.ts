import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import fc from 'fast-check';
import { errorCodes } from '#shared/errors/error-codes';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import type { Contract } from '#shared/kernel/route';
import { authContract } from '../../services/auth/contract';
import { wireService as wireAuth } from '../../services/auth/wire-service';
import { healthContract } from '../../services/health/contract';
import { wireService as wireHealth } from '../../services/health/wire-service';
import { paymentContract } from '../../services/payment/contract';
import { wireService as wirePayment } from '../../services/payment/wire-service';
import { webhookContract } from '../../services/webhook/contract';
import { apiEvent } from '../support/api-event';
import { emptyStatements } from '../support/empty-statement';
import { FAKE_JWT_SECRET, makeFakeIdentity } from '../support/fake-identity';
import { makeFakeProvider } from '../support/fake-provider';
import { makeFakeQueue, operatorParts } from '../support/fake-queue';
import { makeKeptLog } from '../support/kept-log';
import { openPaymentDatabase, type PaymentDatabase } from '../support/payment-service';
import { signIn } from '../support/sign-in';
import { makeTestWebhook } from '../support/webhook-service';
import { wideLimits } from '../support/wide-limits';

/** Bad input gets a clear error, whatever it is: never a 5xx, never anything but JSON or problem+json with our codes. */
describe('every route, fed nonsense', () => {
  let databases: PaymentDatabase;
  const tokens: string[] = ['', 'Bearer x', 'Basic eDp5', 'bearer eyJhbGciOiJub25lIn0.e30.'];
  const { log } = makeKeptLog();

  beforeAll(async () => {
    useEnglishMessages();
    databases = await openPaymentDatabase();
    for (const role of ['user', 'admin'] as const) {
      tokens.push((await signIn(databases.admin, role)).headers.Authorization);
    }
  });
  afterAll(() => databases.close());

  const verifyAccessToken = makeVerifyAccessToken({
    supabaseUrl: 'http://supabase.test',
    jwtSecret: FAKE_JWT_SECRET,
    now: Date.now,
    loadKeySet: async () => ({ keys: [] }),
  });
  const allowedOrigins = ['https://shop.example.test'];

  const services: readonly (readonly [string, Contract, () => HttpHandler])[] = [
    [
      'payment',
      paymentContract,
      () => {
        const database = databases.as('tandem_payment');
        const service = wirePayment({
          database,
          providers: { stripe: makeFakeProvider('stripe'), paypal: makeFakeProvider('paypal') },
          statements: emptyStatements,
          ...operatorParts(makeFakeProvider('paypal'), makeFakeQueue()),
          authenticate: makeAuthenticate({ database, verifyAccessToken, now: Date.now }),
          allowedOrigins,
          ...wideLimits(database),
          mode: 'test',
          now: Date.now,
          makeId: () => crypto.randomUUID(),
          sleep: async () => undefined,
        });
        return httpHandler({ log, service: async () => service });
      },
    ],
    [
      'auth',
      authContract,
      () => {
        const identity = makeFakeIdentity({ admin: databases.admin });
        const database = databases.as('tandem_auth');
        const service = wireAuth({
          database,
          identity,
          verifyAccessToken,
          allowedOrigins,
          siteUrl: 'https://shop.example.test',
          redirectUrls: [],
          now: Date.now,
          ...wideLimits(database),
        });
        return httpHandler({ log, service: async () => service });
      },
    ],
    [
      'health',
      healthContract,
      () => {
        const up = async () => undefined;
        const probes = { database: up, supabase: up, queue: up };
        const service = wireHealth({ probes, now: Date.now, log, version: 'test' });
        return httpHandler({ log, service: async () => service });
      },
    ],
    ['webhook', webhookContract, () => makeTestWebhook().handler],
  ];

  it.each(services)('%s', async (name, contract, start) => {
    const handler = start();
    const statuses = new Set<number>();

    await fc.assert(
      fc.asyncProperty(requests(contract, tokens), async (event) => {
        const { statusCode, headers = {}, body } = await handler(event, {} as Context);

        statuses.add(statusCode);
        expect(statusCode).toBeLessThan(500);
        if (statusCode < 400) return;
        expect(headers['content-type']).toBe('application/problem+json');
        if (event.httpMethod === 'HEAD') expect(body).toBe('');
        else expect(errorCodes).toHaveProperty(JSON.parse(body).code);
      }),
      { numRuns: 1_500 },
    );

    // It went beyond the door: something was refused for its content, not only for its credentials.
    expect([...statuses]).toEqual(expect.arrayContaining([name === 'health' ? 200 : 400]));
  });
});

const nasty = fc.constantFrom(
  '',
  ' ',
  '\0',
  '../',
  '%00',
  '%2e%2e%2f',
  '🤷',
  '\ud800',
  "'; drop table payments; --",
  '{{7*7}}',
  '-1',
  '1e999',
  'null',
  '__proto__',
  'constructor',
  '99999999999999999999',
  'a'.repeat(5_000),
  '00000000-0000-4000-8000-000000000000',
);

const json = fc.oneof(fc.jsonValue({ maxDepth: 4 }), nasty);

const headerName = fc.constantFrom(
  'Cookie',
  'Origin',
  'Idempotency-Key',
  'X-CSRF-Token',
  'Content-Type',
  'Stripe-Signature',
  'PAYPAL-CERT-URL',
  'PAYPAL-TRANSMISSION-TIME',
  'X-Forwarded-For',
  'X-HTTP-Method-Override',
  'Accept',
  '__proto__',
);

const headers = fc.dictionary(
  headerName,
  fc.oneof(fc.string(), nasty, fc.array(fc.string(), { maxLength: 3 })),
  {
    maxKeys: 4,
  },
);

/** Bodies that look like what the routes take, with one thing wrong. */
const plausible = fc.record(
  {
    provider: fc.oneof(fc.constantFrom('stripe', 'paypal'), json),
    price: fc.oneof(fc.constantFrom('pro', 'donation', 'tokyo-guide', 'none'), json),
    amount: fc.oneof(fc.integer(), fc.double(), json),
    currency: fc.oneof(fc.constantFrom('USD', 'EUR', 'usd'), json),
    payment_intent_id: fc.oneof(fc.constant('pi_1'), json),
    order_id: fc.oneof(fc.constant('ORDER1'), json),
    email: fc.oneof(fc.emailAddress(), json),
    password: fc.oneof(fc.string({ minLength: 8, maxLength: 80 }), json),
    name: json,
    data: json,
    token: json,
    type: fc.oneof(fc.constantFrom('signup', 'recovery'), json),
    preferences: json,
  },
  { requiredKeys: [] },
);

const bodies = fc.oneof(
  plausible,
  json,
  fc.string(),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(`${'['.repeat(10_000)}`),
  fc.constant('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'),
);

const requests = (contract: Contract, tokens: readonly string[]): fc.Arbitrary<APIGatewayProxyEvent> =>
  fc
    .record({
      route: fc.constantFrom(...Object.values(contract)),
      parameter: fc.oneof(fc.uuid(), nasty, fc.string()),
      spelling: fc.constantFrom(
        (path: string) => path,
        (path: string) => `${path}/`,
        (path: string) => path.replaceAll('/', '//'),
        (path: string) => path.toUpperCase(),
        (path: string) => `${path}/..`,
        (path: string) => `${path}%2f`,
        (path: string) => `${path};x=1`,
      ),
      method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'get'), {
        nil: null,
      }),
      query: fc.dictionary(
        fc.oneof(fc.constantFrom('limit', 'cursor', 'status', 'provider'), fc.string()),
        nasty,
        {
          maxKeys: 3,
        },
      ),
      token: fc.nat(),
      headers,
      body: fc.option(bodies, { nil: undefined }),
    })
    .map(({ route, parameter, spelling, method, query, token, headers: given, body }) =>
      apiEvent({
        method: method ?? route.method,
        path: spelling(route.path.replace(/\{\w+\}/g, parameter)),
        query,
        headers: { Authorization: tokens[token % tokens.length] ?? '', ...given },
        ...(body === undefined ? {} : { body }),
      }),
    );
