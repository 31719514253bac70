import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/database/pool';
import { AppError } from '#shared/errors/app-error';
import { useEnglishMessages } from '#shared/http/english-messages';
import { type HttpHandler, httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { makeVerifyAccessToken } from '#shared/identity/verify-access-token';
import type { ServiceName } from '../../local/docs/contracts';
import type { IdentityProvider, OrderMail } from '../../services/auth/ports';
import { wireService as wireAuth } from '../../services/auth/wire-service';
import { wireService as wireFiles } from '../../services/files/wire-service';
import { wireService as wireHealth } from '../../services/health/wire-service';
import { wireService as wirePayment } from '../../services/payment/wire-service';
import { emptyStatements } from '../support/empty-statement';
import { FAKE_JWT_SECRET } from '../support/fake-identity';
import { type FakeProvider, makeFakeProvider } from '../support/fake-provider';
import { type FakeQueue, makeFakeQueue, operatorParts } from '../support/fake-queue';
import { makeMemoryObjects } from '../support/files/memory-objects';
import type { LogLine } from '../support/kept-log';
import { makeKeptLog } from '../support/kept-log';
import { makeTestMails, type TestMails } from '../support/test-mails';
import { makeTestWebhook } from '../support/webhook-service';
import { wideLimits } from '../support/wide-limits';

export const SITE = 'https://shop.example.test';

/** Every service as deployed, but for what lies outside: providers, identity and queue. */
export interface EveryService {
  readonly handlers: Readonly<Record<ServiceName, HttpHandler>>;
  readonly stripe: FakeProvider;
  readonly paypal: FakeProvider;
  readonly queue: FakeQueue;
  readonly mails: TestMails;
  /** Failed requests, as they were logged. */
  readonly lines: LogLine[];
}

export interface EveryServiceParts {
  /** A pool as that role. */
  readonly as: (role: string) => Database;
  readonly identity: IdentityProvider;
  /** What the services are given for a provider; for tests in which it fails. */
  readonly wrapProvider?: (provider: FakeProvider) => FakeProvider;
}

/** Wires every service on real Postgres, each as its own role. */
export const startEveryService = ({
  as,
  identity,
  wrapProvider = (provider) => provider,
}: EveryServiceParts): EveryService => {
  useEnglishMessages();
  const { log, lines } = makeKeptLog();
  const verifyAccessToken = makeVerifyAccessToken({
    supabaseUrl: 'http://supabase.test',
    jwtSecret: FAKE_JWT_SECRET,
    now: Date.now,
    loadKeySet: async () => ({ keys: [] }),
  });
  const [stripe, paypal, queue] = [makeFakeProvider('stripe'), makeFakeProvider('paypal'), makeFakeQueue()];
  const payment = as('tandem_payment');
  const auth = as('tandem_auth');
  const files = as('tandem_files');
  const up = async () => undefined;
  const mails = makeTestMails(auth, identity, { siteUrl: SITE });
  const orderMail: OrderMail = async (order) => {
    if (queue.isAway) throw new AppError('queue_unavailable');
    await mails.parts.orderMail(order);
  };
  const shared = { verifyAccessToken, allowedOrigins: [SITE], now: Date.now };
  const services = {
    payment: wirePayment({
      ...shared,
      database: payment,
      providers: { stripe: wrapProvider(stripe), paypal: wrapProvider(paypal) },
      statements: emptyStatements,
      ...operatorParts(wrapProvider(paypal), queue),
      authenticate: makeAuthenticate({ database: payment, verifyAccessToken, now: Date.now }),
      ...wideLimits(payment),
      mode: 'test',
      makeId: randomUUID,
      sleep: async () => undefined,
    }),
    auth: wireAuth({
      ...shared,
      database: auth,
      identity,
      siteUrl: SITE,
      redirectUrls: [],
      ...mails.parts,
      orderMail,
      ...wideLimits(auth),
    }),
    files: wireFiles({
      ...shared,
      database: files,
      // Objects without rows: what was uploaded is made by who makes the file.
      objects: makeMemoryObjects({ query: async () => ({ rows: [], rowCount: 0 }) }),
      orderInspection: async () => {
        if (queue.isAway) throw new AppError('queue_unavailable');
      },
      onLeft: () => undefined,
      authenticate: makeAuthenticate({ database: files, verifyAccessToken, now: Date.now }),
      ...wideLimits(files),
      makeId: randomUUID,
    }),
    health: wireHealth({
      probes: { database: up, supabase: up, queue: up },
      now: Date.now,
      log,
      version: 'test',
    }),
  };
  return {
    handlers: {
      payment: httpHandler({ log, service: async () => services.payment }),
      auth: httpHandler({ log, service: async () => services.auth }),
      files: httpHandler({ log, service: async () => services.files }),
      health: httpHandler({ log, service: async () => services.health }),
      webhook: makeTestWebhook().handler,
    },
    stripe,
    paypal,
    queue,
    mails,
    lines,
  };
};
