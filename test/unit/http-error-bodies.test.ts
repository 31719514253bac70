import { AuthApiError, AuthRetryableFetchError } from '@supabase/supabase-js';
import type { Context } from 'aws-lambda';
import { DatabaseError } from 'pg';
import Stripe from 'stripe';
import * as z from 'zod/mini';
import { mapPgError } from '#shared/database/map-pg-error';
import { AppError } from '#shared/errors/app-error';
import { type ErrorCode, errorCodes } from '#shared/errors/error-codes';
import { httpHandler } from '#shared/http/http-handler';
import { healthContract } from '../../services/health/contract';
import { mapPayPalError } from '../../services/payment/providers/map-paypal-error';
import { mapStripeError } from '../../services/payment/providers/map-stripe-error';
import { apiEvent } from '../support/api-event';
import { makeKeptLog } from '../support/kept-log';

/** Stands for whatever must not come out: a query, a host, a person. */
const SECRET = 'select secret from private.sessions where email = ada@example.test at db.internal:5432';
const TELLING = /select|private\.|ada@|db\.internal|5432|\bat \/|node_modules|\.ts:|\.js:|stack|cause/i;

/** SQLSTATE's classes, and members that are met in practice (PostgreSQL documentation, appendix A). */
const SQLSTATES = [
  ...[
    '00000',
    '01000',
    '02000',
    '03000',
    '08000',
    '08006',
    '09000',
    '0A000',
    '0B000',
    '0F000',
    '0L000',
    '0P000',
  ],
  ...[
    '0Z000',
    '20000',
    '21000',
    '22000',
    '22001',
    '22003',
    '22P02',
    '22021',
    '23000',
    '23502',
    '23503',
    '23505',
  ],
  ...[
    '23514',
    '23P01',
    '24000',
    '25000',
    '25006',
    '25P02',
    '25P03',
    '26000',
    '27000',
    '28000',
    '28P01',
    '2B000',
  ],
  ...[
    '2D000',
    '2F000',
    '34000',
    '38000',
    '39000',
    '3B000',
    '3D000',
    '3F000',
    '40000',
    '40001',
    '40P01',
    '42000',
  ],
  ...[
    '42501',
    '42601',
    '42703',
    '42P01',
    '44000',
    '53000',
    '53100',
    '53200',
    '53300',
    '54000',
    '55000',
    '55P03',
  ],
  ...[
    '57000',
    '57014',
    '57P01',
    '57P03',
    '58000',
    '58030',
    '72000',
    'F0000',
    'HV000',
    'P0001',
    'XX000',
    'XX001',
  ],
];

const pgError = (code: string): DatabaseError =>
  Object.assign(new DatabaseError(SECRET, 1, 'error'), {
    ...{ code, severity: 'ERROR', detail: SECRET, hint: SECRET, where: SECRET, internalQuery: SECRET },
    ...{ schema: 'private', table: 'sessions', column: 'email', constraint: 'sessions_email', file: 'x.c' },
  });

const systemError = (code: string): Error =>
  Object.assign(new Error(`connect ${code} db.internal:5432`), {
    ...{ code, syscall: 'connect', address: 'db.internal', port: 5432, hostname: 'db.internal' },
  });

const stripeError = (type: Stripe.RawErrorType, statusCode: number): unknown =>
  Stripe.errors.generateV1Error({ type, statusCode, message: SECRET, code: 'x', param: SECRET } as never);

const paypalError = (statusCode: number): unknown =>
  Object.assign(new Error(SECRET), {
    ...{ statusCode, body: SECRET, headers: { host: 'db.internal' } },
    result: { name: 'X', message: SECRET, details: [{ issue: 'X', description: SECRET }] },
  });

type Thrown = readonly [name: string, error: unknown];

/** As it comes, and as the provider's or the database's translator makes it. */
const both = (name: string, error: unknown, map: (error: unknown) => unknown): Thrown[] => [
  [name, error],
  [`${name}, translated`, map(error)],
];

const hostile: readonly Thrown[] = [
  ['undefined', undefined],
  ['null', null],
  ['a text', SECRET],
  ['a number', 5432],
  ['an object', { message: SECRET, statusCode: 200, body: SECRET }],
  ['an error that wants to be shown', Object.assign(new Error(SECRET), { statusCode: 418, expose: true })],
  ['an error with an answer', Object.assign(new Error(SECRET), { response: { body: SECRET } })],
  ['an error that is like ours', Object.assign(new Error(SECRET), { code: 'forbidden', detail: SECRET })],
  ['an error without a stack', Object.assign(new Error(SECRET), { stack: undefined })],
  ['an error with an odd stack', Object.assign(new Error(SECRET), { stack: { at: SECRET } })],
  ['a frozen error', Object.freeze(new Error(SECRET))],
  ['many errors', new AggregateError([new Error(SECRET), systemError('ECONNREFUSED')], SECRET)],
];

const thrown: readonly Thrown[] = [
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError].map(
    (Kind): Thrown => [Kind.name, new Kind(SECRET)],
  ),
  ['DOMException', new DOMException(SECRET, 'AbortError')],
  ['ZodError', z.safeParse(z.strictObject({ a: z.string() }), { [SECRET]: SECRET, a: 1 }).error],
  ...SQLSTATES.flatMap((code) => both(`SQLSTATE ${code}`, pgError(code), mapPgError)),
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'CERT_HAS_EXPIRED'].flatMap((code) =>
    both(code, systemError(code), mapPgError),
  ),
  ...(['card_error', 'invalid_request_error', 'api_error', 'idempotency_error'] as const).flatMap((type) =>
    [400, 401, 402, 403, 404, 409, 429, 500, 503].flatMap((status) =>
      both(`Stripe ${type} ${status}`, stripeError(type, status), mapStripeError),
    ),
  ),
  ...[400, 401, 403, 404, 409, 422, 429, 500, 503].flatMap((status) =>
    both(`PayPal ${status}`, paypalError(status), mapPayPalError),
  ),
  ['AuthApiError', new AuthApiError(SECRET, 500, 'unexpected_failure')],
  ['AuthRetryableFetchError', new AuthRetryableFetchError(SECRET, 0)],
  ...hostile,
  ...Object.keys(errorCodes).map(
    (code): Thrown => [code, new AppError(code as ErrorCode, { cause: pgError('42P01') })],
  ),
];

/** What a client and the log get to see of what a handler throws. */
const answer = async (error: unknown) => {
  const { log, lines } = makeKeptLog();
  const getHealth = async () => {
    throw error;
  };
  const service = { contract: healthContract, handlers: { getHealth }, allowedOrigins: [] };
  const handler = httpHandler({ log, service: async () => ({ ...service, authenticate: async () => null }) });
  const { statusCode, headers, body } = await handler(apiEvent({ path: '/api/health' }), {} as Context);
  return { statusCode, headers, problem: JSON.parse(body) as Record<string, unknown>, lines };
};

// One by one: test.each would format these errors, which takes jest minutes.
describe('what handlers throw', () => {
  for (const [name, error] of thrown) {
    test(`${name}: says what went wrong, and nothing of the inside`, async () => {
      const { statusCode, headers, problem, lines } = await answer(error);

      const { status, title } = errorCodes[problem.code as ErrorCode];
      expect(problem).toEqual({
        ...{ type: `urn:tandem:error:${problem.code}`, title, status, instance: '/api/health' },
        ...{ code: problem.code, requestId: 'request-1' },
      });
      expect(statusCode).toBe(status);
      expect(headers?.['content-type']).toBe('application/problem+json');
      expect(JSON.stringify({ problem, headers })).not.toMatch(TELLING);
      // The log tells what kind of thing it was, and no more.
      expect(lines).toHaveLength(1);
      const told = JSON.stringify(lines);
      expect(told).not.toMatch(/select|ada@|db\.internal:/i);
      if (status >= 500) expect(told).toMatch(/"name":"/);
    });
  }
});

test('the log keeps the causes of an error, by name and code', async () => {
  const { lines } = await answer(new AppError('internal', { cause: mapPgError(pgError('42P01')) }));
  expect(lines[0]?.fields.error).toMatchObject({
    name: 'AppError',
    cause: { name: 'AppError', code: 'internal', cause: { name: 'error', code: '42P01' } },
  });
});
