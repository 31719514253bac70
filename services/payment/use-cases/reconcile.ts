import { randomInt } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';
import { AppError, isAppError } from '#shared/errors/app-error';
import { consequences, foldObservation, type PaymentState } from '../domain/fold-observation';
import type { Observation, Reading } from '../domain/observation';
import type { Provider } from '../domain/provider-scale';
import { applyReports, type InboxEntry, type PaymentChange } from '../sql/apply-reports';
import { type LoadedPayment, loadPayments, type PaymentKey } from '../sql/load-payments';

/** One report of a provider, from whichever side it came: webhook, answer to us, sweep. */
export interface Report extends Omit<InboxEntry, 'outcome' | 'reason' | 'paymentId' | 'providerRef'> {
  readonly provider: Provider;
  readonly reading: Reading;
}

export type Reconciled =
  | { readonly outcome: 'applied' | 'review'; readonly payment: PaymentState }
  | { readonly outcome: 'ignored' | 'held'; readonly payment: null };

export interface ReconcileDeps {
  readonly database: Queryable;
  /** Milliseconds to wait before trying again when another writer was faster. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Tries before giving up on payments that others keep writing; the message then comes back later. */
const ATTEMPTS = 8;

/**
 * The one step that changes payments. Webhook, confirm, refund and sweep all end here:
 * 1. load the payments the reports are about, with their facts (one statement);
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
): Promise<ReadonlyMap<string, Reconciled>> => {
  const results = new Map<string, Reconciled>();
  let open = reports;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS)
      throw new AppError('conflict', { detail: 'The payment kept changing; try again.' });
    if (attempt > 1) await deps.sleep(randomInt(5, 20) * attempt);
    const loaded = attempt === 1 && known !== null ? known : await loadPayments(deps.database, keysOf(open));
    open = await foldAndWrite(deps.database, open, loaded, results);
  }
  return results;
};

const keysOf = (reports: readonly Report[]): readonly PaymentKey[] =>
  reports.flatMap(({ provider, reading }) => {
    if (reading.kind !== 'observation') return [];
    const { providerRef, paymentId } = reading.observation;
    return [{ provider, providerRef, paymentId }];
  });

/** One round; returns the reports whose payment was written by somebody else in between. */
const foldAndWrite = async (
  database: Queryable,
  reports: readonly Report[],
  loaded: readonly LoadedPayment[],
  results: Map<string, Reconciled>,
): Promise<readonly Report[]> => {
  const batch = foldReports(reports, loaded);
  const written = await writeUnlessRaced(database, batch);
  if (written === null) return reports;
  const isWritten = (id: string | null): boolean => id === null || !batch.changed.has(id) || written.has(id);
  const raced: Report[] = [];
  for (const { report, result } of batch.folded) {
    if (isWritten(result.payment?.id ?? null)) results.set(report.eventId, result);
    else raced.push(report);
  }
  return raced;
};

interface FoldedBatch {
  readonly folded: readonly { readonly report: Report; readonly result: Reconciled }[];
  readonly changed: ReadonlySet<string>;
  readonly changes: readonly PaymentChange[];
  readonly inbox: readonly InboxEntry[];
}

const foldReports = (reports: readonly Report[], loaded: readonly LoadedPayment[]): FoldedBatch => {
  const states = new Map<string, PaymentState>(loaded.map((payment) => [payment.id, payment]));
  // The queue may hand over one event twice in a batch; it is one row.
  const inbox = new Map<string, InboxEntry>();
  const folded = reports.map((report) => {
    const { result, entry } = foldReport(report, states);
    if (entry !== null) inbox.set(`${entry.provider}:${entry.eventId}`, entry);
    if (result.payment !== null) states.set(result.payment.id, result.payment);
    return { report, result };
  });
  const changes = loaded.flatMap((before) => changeOf(before, states.get(before.id) ?? before));
  return {
    folded,
    inbox: [...inbox.values()],
    changes,
    changed: new Set(changes.map((change) => change.id)),
  };
};

const foldReport = (
  report: Report,
  states: ReadonlyMap<string, PaymentState>,
): { readonly result: Reconciled; readonly entry: InboxEntry | null } => {
  const { reading, ...received } = report;
  if (reading.kind === 'ignored') {
    const entry = {
      ...received,
      outcome: 'ignored',
      reason: reading.reason,
      paymentId: null,
      providerRef: null,
    } as const;
    return { result: { outcome: 'ignored', payment: null }, entry };
  }
  const { providerRef } = reading.observation;
  const state = findPayment(reading.observation, states);
  if (state === null) {
    const entry = {
      ...received,
      outcome: 'held',
      reason: 'no such payment here',
      paymentId: null,
      providerRef,
    } as const;
    return { result: { outcome: 'held', payment: null }, entry };
  }
  const fold = foldObservation(state, withoutStaleNews(report, reading.observation, state), report.eventId);
  if (fold.kind === 'review') {
    const entry = {
      ...received,
      outcome: 'review',
      reason: fold.reason,
      paymentId: state.id,
      providerRef,
    } as const;
    return { result: { outcome: 'review', payment: { ...state, reviewReason: fold.reason } }, entry };
  }
  const entry = { ...received, outcome: 'applied', reason: null, paymentId: state.id, providerRef } as const;
  // What we asked for ourselves is kept only if it taught us something; a webhook is kept in any case.
  const isNews = report.source === 'webhook' || !isSame(state, fold.state);
  return { result: { outcome: 'applied', payment: fold.state }, entry: isNews ? entry : null };
};

/** Asking again and hearing the same open status is no news; every poll would otherwise write a row. */
const withoutStaleNews = (report: Report, observation: Observation, state: PaymentState): Observation => {
  const { open } = observation;
  const isRepeat =
    report.source !== 'webhook' &&
    open?.status === state.open?.status &&
    open?.errorCode === state.open?.errorCode;
  return isRepeat ? { ...observation, open: null } : observation;
};

const findPayment = (
  { provider, providerRef, paymentId }: Pick<Observation, 'provider' | 'providerRef' | 'paymentId'>,
  states: ReadonlyMap<string, PaymentState>,
): PaymentState | null => {
  for (const state of states.values()) {
    if (state.provider === provider && state.providerRef === providerRef && providerRef !== null)
      return state;
  }
  // The provider's id may not have reached us yet: the report can be faster than the answer to our own call.
  const named = paymentId === null ? undefined : states.get(paymentId);
  return named?.provider === provider ? named : null;
};

const isSame = (a: PaymentState, b: PaymentState): boolean =>
  a.providerRef === b.providerRef &&
  a.facts.length === b.facts.length &&
  a.open?.eventId === b.open?.eventId &&
  a.reviewReason === b.reviewReason;

const changeOf = (before: LoadedPayment, after: PaymentState): readonly PaymentChange[] => {
  if (isSame(before, after)) return [];
  const { derived, ledger } = consequences(after);
  const { id, provider, version } = before;
  const { providerRef, open, reviewReason } = after;
  const newFacts = after.facts.slice(before.facts.length);
  return [{ id, provider, version, providerRef, derived, open, reviewReason, newFacts, ledger }];
};

/** The ids written, or null when a deadlock or lock time-out undid the whole statement. */
const writeUnlessRaced = async (
  database: Queryable,
  batch: FoldedBatch,
): Promise<ReadonlySet<string> | null> => {
  if (batch.changes.length === 0 && batch.inbox.length === 0) return new Set();
  try {
    return await applyReports(database, batch.changes, batch.inbox);
  } catch (error) {
    if (isAppError(error, 'conflict')) return null;
    throw error;
  }
};
