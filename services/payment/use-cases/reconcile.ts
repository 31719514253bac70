import { randomInt } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import { applyAndAnswer, type KeptAnswer, type Written } from '../sql/apply-reports';
import {
  type Loaded,
  type LoadedPayment,
  loadPayments,
  type PaymentKey,
  type PayoutKey,
} from '../sql/load-payments';
import { type FoldedBatch, foldReports, type Reconciled, type Report } from './fold-reports';

export interface ReconcileDeps {
  readonly database: Queryable;
  /** Milliseconds to wait before trying again when another writer was faster. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Tries before giving up on payments that others keep writing; the message then comes back later. */
const ATTEMPTS = 8;

/**
 * The one step that changes payments. Webhook, confirm, refund and sweep all end here:
 * 1. load the payments and payouts the reports are about, with their facts (one statement);
 * 2. fold the reports in: join facts, derive status, totals and bookings (pure);
 * 3. write inbox, facts, ledger and state (one statement, one transaction), each payment on condition that nobody else has
 *    written it since; where somebody has, start again with those.
 * Applying a report again changes nothing. Returns the outcome of each report by event id. A caller that has just read the
 * payments passes them as `known`, which saves the first reading; if they are stale, the write notices.
 */
export const reconcile = async (
  deps: ReconcileDeps,
  reports: readonly Report[],
  known: readonly LoadedPayment[] | null = null,
): Promise<ReadonlyMap<string, Reconciled>> =>
  (await reconcileAndAnswer(deps, reports, known, () => null)).results;

/** Makes the answer to keep for an Idempotency-Key out of what was folded; null where there is none to keep. */
export type MakeAnswer = (folded: FoldedBatch['folded']) => KeptAnswer | null;

/**
 * The same, keeping our own answer in the same transaction. `isAnswered` tells whether it was kept; the payment in `results` is
 * as it was written, so that the answer made from it is what was kept.
 */
export const reconcileAndAnswer = async (
  deps: ReconcileDeps,
  reports: readonly Report[],
  known: readonly LoadedPayment[] | null,
  makeAnswer: MakeAnswer,
): Promise<{ readonly results: ReadonlyMap<string, Reconciled>; readonly isAnswered: boolean }> => {
  const results = new Map<string, Reconciled>();
  let isAnswered = false;
  let open = reports;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS)
      throw new AppError('conflict', { detail: 'The payment kept changing; try again.' });
    if (attempt > 1) await deps.sleep(randomInt(5, 20) * attempt);
    const loaded =
      attempt === 1 && known !== null ? { payments: known, payouts: [] } : await load(deps.database, open);
    const batch = foldReports(open, loaded.payments, loaded.payouts);
    const written = await writeUnlessRaced(deps.database, batch, makeAnswer(batch.folded));
    if (written === null) continue;
    isAnswered ||= written.isAnswered;
    open = racedReports(batch, written.times, results);
  }
  return { results, isAnswered };
};

const load = (database: Queryable, reports: readonly Report[]): Promise<Loaded> =>
  loadPayments(database, keysOf(reports), payoutKeysOf(reports));

const payoutKeysOf = (reports: readonly Report[]): readonly PayoutKey[] =>
  reports.flatMap(({ reading }) => (reading.kind === 'payout' ? [reading.payout] : []));

const keysOf = (reports: readonly Report[]): readonly PaymentKey[] =>
  reports.flatMap(({ provider, reading }) => {
    if (reading.kind !== 'observation') return [];
    const { providerRef, paymentId } = reading.observation;
    return [{ provider, providerRef, paymentId }];
  });

/** Notes what was written; returns the reports whose payment was written by somebody else in between. */
const racedReports = (
  batch: FoldedBatch,
  written: ReadonlyMap<string, Date>,
  results: Map<string, Reconciled>,
): readonly Report[] => {
  const isWritten = (id: string | null): boolean => id === null || !batch.changed.has(id) || written.has(id);
  const raced: Report[] = [];
  for (const { report, result } of batch.folded) {
    if (isWritten(result.payment?.id ?? null)) results.set(report.eventId, asWritten(result, written));
    else raced.push(report);
  }
  return raced;
};

const asWritten = (result: Reconciled, written: ReadonlyMap<string, Date>): Reconciled => {
  const { payment } = result;
  const updatedAt = payment === null ? undefined : written.get(payment.id);
  return payment === null || updatedAt === undefined
    ? result
    : { outcome: result.outcome, payment: { ...payment, version: payment.version + 1n, updatedAt } };
};

/** What was written, or null when a deadlock or lock time-out undid the whole statement. */
const writeUnlessRaced = async (
  database: Queryable,
  batch: FoldedBatch,
  answer: KeptAnswer | null,
): Promise<Written | null> => {
  const { changes, inbox, calls, payouts } = batch;
  if (changes.length === 0 && inbox.length === 0 && calls.length === 0)
    return { times: new Map(), isAnswered: false };
  try {
    return await applyAndAnswer(database, changes, inbox, calls, payouts, answer);
  } catch (error) {
    if (isAppError(error, 'conflict')) return null;
    throw error;
  }
};
