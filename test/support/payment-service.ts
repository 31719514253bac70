import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { type Database, makeDatabase } from '#shared/database/pool';
import { errorCodes } from '#shared/errors/error-codes';
import { useEnglishMessages } from '#shared/http/english-messages';
import { httpHandler } from '#shared/http/http-handler';
import { makeAuthenticate } from '#shared/identity/authenticate';
import { wireService } from '../../services/payment/wire-service';
import { type ApiRequest, apiEvent } from './api-event';
import { emptyStatements } from './empty-statement';
import { type FakeProvider, makeFakeProvider } from './fake-provider';
import { type FakeQueue, makeFakeQueue, operatorParts } from './fake-queue';
import { type LogLine, makeKeptLog } from './kept-log';
import { createTestDatabase } from './postgres';
import { wideLimits } from './wide-limits';

/** A database of its own with a connection pool for each role a test plays. */
export interface PaymentDatabase {
  /** The superuser: arranging and looking. */
  readonly admin: Database;
  /** Its address for the superuser. */
  readonly url: string;
  /** A pool as that role; closed with the rest. */
  readonly as: (role: string, max?: number) => Database;
  readonly close: () => Promise<void>;
}

export const openPaymentDatabase = async (): Promise<PaymentDatabase> => {
  const database = await createTestDatabase();
  const pools: Database[] = [];
  const open = (connectionString: string, max: number): Database => {
    const pool = makeDatabase({ connectionString, applicationName: 'test', max });
    pools.push(pool);
    return pool;
  };
  return {
    admin: open(database.adminUrl, 4),
    url: database.adminUrl,
    as: (role, max = 4) => open(database.urlFor(role), max),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await database.drop();
    },
  };
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The exact body. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** The payment API as deployed, but for its providers, on a real Postgres as its own role. */
export interface PaymentTest extends PaymentDatabase {
  readonly database: Database;
  readonly stripe: FakeProvider;
  readonly paypal: FakeProvider;
  readonly queue: FakeQueue;
  readonly lines: LogLine[];
  readonly clock: { shift: number };
  readonly send: (request: ApiRequest) => Promise<Answer>;
}

export interface PaymentTestOptions {
  /** Wraps the service's connection, to count or to break it. */
  readonly wrap?: (database: Database) => Database;
  readonly providersCheck?: boolean;
  /** Multiplies every limit. Default: a thousand. */
  readonly limitFactor?: number;
}

export const startPaymentTest = async (options: PaymentTestOptions = {}): Promise<PaymentTest> => {
  useEnglishMessages();
  const databases = await openPaymentDatabase();
  const pool = databases.as('tandem_payment', 8);
  const database = options.wrap?.(pool) ?? pool;
  const checks = options.providersCheck ?? true;
  const stripe = makeFakeProvider('stripe', { checks });
  const paypal = makeFakeProvider('paypal', { checks });
  const queue = makeFakeQueue();
  const { log, lines } = makeKeptLog();
  const clock = { shift: 0 };
  const now = (): number => Date.now() + clock.shift;
  const handler = httpHandler({
    log,
    service: async () =>
      wireService({
        database,
        providers: { stripe, paypal },
        statements: emptyStatements,
        ...operatorParts(paypal, queue),
        authenticate: makeAuthenticate({ database, verifyAccessToken: async () => null, now: Date.now }),
        allowedOrigins: ['https://shop.example.test'],
        ...wideLimits(database, { now, ...(options.limitFactor && { factor: options.limitFactor }) }),
        mode: 'test',
        now,
        makeId: randomUUID,
        sleep,
      }),
  });
  const send = async (request: ApiRequest): Promise<Answer> => {
    const { statusCode, headers = {}, body } = await handler(apiEvent(request), {} as Context);
    const answer = { status: statusCode, headers, text: body, body: JSON.parse(body) };
    if (answer.status >= 400) expectProblem(answer);
    return answer;
  };
  return { ...databases, database, stripe, paypal, queue, lines, clock, send };
};

/** Every error of ours is an RFC 9457 problem with a code of the catalogue, and tells nothing of the inside. */
export const expectProblem = ({ status, headers, text, body }: Answer): void => {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(errorCodes).toHaveProperty(body.code);
  expect(body).toEqual(
    expect.objectContaining({
      type: `urn:tandem:error:${body.code}`,
      title: expect.any(String),
      status,
      instance: expect.stringMatching(/^\/api\/payments/),
      requestId: 'request-1',
    }),
  );
  expect(text).not.toMatch(/select |insert |update |postgres|\bat \/|node_modules|private\./i);
};

/**
 * What must hold of the books after anything whatsoever: every transaction balances, every fact that is money is booked
 * once, and the totals shown are the sums booked.
 */
export const expectSoundBooks = async (admin: Database): Promise<void> => {
  const { rows: unbalanced } = await admin.query(
    'select transaction_key from private.ledger_entries group by 1 having sum(amount_minor) <> 0 or count(*) < 2',
  );
  expect(unbalanced).toEqual([]);
  const { rows: differing } = await admin.query(
    `select p.id, p.captured_minor, p.refunded_minor, p.reversed_minor, p.fee_minor, b.*
     from public.payments p
     left join lateral (
       select coalesce(-sum(e.amount_minor) filter (where e.account = 'sales'), 0) as sold,
              coalesce(sum(e.amount_minor) filter (where e.account = 'disputes'), 0) as withheld,
              coalesce(sum(e.amount_minor) filter (where e.account = 'provider_fees'), 0) as kept
       from private.ledger_transactions t join private.ledger_entries e on e.transaction_key = t.key
       where t.payment_id = p.id
     ) b on true
     where (b.sold, b.withheld, b.kept)
       is distinct from (p.captured_minor - p.refunded_minor, p.reversed_minor, p.fee_minor)`,
  );
  expect(differing).toEqual([]);
  const { rows: unbooked } = await admin.query(
    `select f.object_id from private.payment_facts f
     left join private.ledger_transactions t on t.key = concat_ws(':', f.provider, f.kind, f.object_id, f.status)
     where f.kind = 'capture' and f.status = 'succeeded' and f.amount_minor > 0 and t.key is null`,
  );
  expect(unbooked).toEqual([]);
};
