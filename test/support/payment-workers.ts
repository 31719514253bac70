import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '#shared/database/queryable';
import { type QueueHandler, queueHandler } from '#shared/queue/queue-handler';
import { handleProviderEvents } from '../../services/payment/handlers/apply-provider-events';
import { handleSweep, type SweepTaskDeps } from '../../services/payment/handlers/sweep';
import type { ListProviderEvents, ReadProviderEvent } from '../../services/payment/ports';
import type { PayPalPayments } from '../../services/payment/providers/paypal-payments';
import { readPayPalEvent } from '../../services/payment/providers/read-paypal-event';
import { readStripeEvent } from '../../services/payment/providers/read-stripe-event';
import type { SweepCount } from '../../services/payment/use-cases/sweep-run';
import { emptyStatements } from './empty-statement';
import { type FakeProvider, makeFakeProvider } from './fake-provider';
import { type LogLine, makeKeptLog } from './kept-log';

/** As wireProviders puts it together, with a PayPal of the test's choice. */
export const readWith =
  (paypal: PayPalPayments): ReadProviderEvent =>
  async ({ provider, body }) =>
    provider === 'stripe'
      ? { reading: readStripeEvent(body), observation: null }
      : readPayPalEvent(paypal, body);

export interface Reconciler {
  readonly handle: QueueHandler;
  readonly lines: LogLine[];
}

/** The queue function as deployed, but for PayPal. */
export const makeReconciler = (
  database: Queryable,
  paypal: PayPalPayments = makeFakeProvider('paypal'),
): Reconciler => {
  const { log, lines } = makeKeptLog();
  const service = async () => ({ database, sleep, mode: 'test' as const, read: readWith(paypal) });
  return { handle: queueHandler({ work: handleProviderEvents(service), log }), lines };
};

const listNothing: ListProviderEvents = async () => ({ events: [], refused: [], next: null });

export interface Sweeper {
  readonly deps: SweepTaskDeps;
  /** What the schedule does. */
  readonly sweep: () => Promise<Record<string, SweepCount>>;
  /** What could not be done so far. */
  readonly failures: { readonly task: string; readonly id: string; readonly error: unknown }[];
}

export const makeSweeper = (
  database: Queryable,
  providers: { readonly stripe: FakeProvider; readonly paypal: FakeProvider } = {
    stripe: makeFakeProvider('stripe'),
    paypal: makeFakeProvider('paypal'),
  },
  now: () => number = Date.now,
): Sweeper => {
  const failures: Sweeper['failures'] = [];
  const deps: SweepTaskDeps = {
    database,
    providers,
    read: readWith(providers.paypal),
    readTogether: () => readWith(providers.paypal),
    listEvents: { stripe: listNothing, paypal: listNothing },
    statements: emptyStatements,
    sleep,
    now,
    makeId: randomUUID,
    mode: 'test',
    onFailure: (what, error) => {
      failures.push({ ...what, error });
    },
  };
  const run = handleSweep(async () => deps, makeKeptLog().log);
  return { deps, failures, sweep: () => run({ task: 'open-payments' }) };
};
