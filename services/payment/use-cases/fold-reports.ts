import { consequences, foldObservation, type PaymentState } from '../domain/fold-observation';
import type { Observation, Reading } from '../domain/observation';
import type { Provider } from '../domain/provider-scale';
import type { InboxEntry, PaymentChange, SettledCall } from '../sql/apply-reports';
import type { LoadedPayment } from '../sql/load-payments';

/** One report of a provider, from whichever side it came: webhook, answer to us, sweep. */
export interface Report extends Omit<InboxEntry, 'outcome' | 'reason' | 'paymentId' | 'providerRef'> {
  readonly provider: Provider;
  readonly reading: Reading;
  /** The call of ours that it answers. */
  readonly call?: SettledCall;
}

/** What became of a report, with the payment as it then stands in its row. */
export type Reconciled =
  | { readonly outcome: 'applied' | 'review'; readonly payment: LoadedPayment }
  | { readonly outcome: 'ignored' | 'held'; readonly payment: null };

/** What a batch of reports comes to. */
export interface FoldedBatch {
  readonly folded: readonly { readonly report: Report; readonly result: Reconciled }[];
  readonly changed: ReadonlySet<string>;
  readonly changes: readonly PaymentChange[];
  readonly inbox: readonly InboxEntry[];
  readonly calls: readonly SettledCall[];
}

/** Folds reports into the payments they are about, in order; pure. */
export const foldReports = (reports: readonly Report[], loaded: readonly LoadedPayment[]): FoldedBatch => {
  const states = new Map<string, LoadedPayment>(loaded.map((payment) => [payment.id, payment]));
  // The queue may hand over one event twice in a batch; it is one row.
  const inbox = new Map<string, InboxEntry>();
  const calls: SettledCall[] = [];
  const folded = reports.map((report) => {
    const { result, entry } = foldReport(report, states);
    calls.push(...settledCalls(report, result, entry !== null));
    if (entry !== null) inbox.set(`${entry.provider}:${entry.eventId}`, entry);
    if (result.payment !== null) states.set(result.payment.id, result.payment);
    return { report, result };
  });
  const changes = loaded.flatMap((before) => changeOf(before, states.get(before.id) ?? before));
  return {
    folded,
    inbox: [...inbox.values()],
    calls,
    changes,
    changed: new Set(changes.map((change) => change.id)),
  };
};

/**
 * The calls of ours that a report settles: the one it answers, and those whose traces it shows, from whichever side it came. A
 * call is done once its facts count; a report under review leaves it open, and one without news has nothing to settle.
 */
const settledCalls = (
  { call, reading }: Report,
  { outcome, payment }: Reconciled,
  isNews: boolean,
): readonly SettledCall[] => {
  if (outcome !== 'applied') return [];
  const seen = isNews && reading.kind === 'observation' ? (reading.observation.calls ?? []) : [];
  const answered = call === undefined ? [] : [call];
  return [...answered, ...seen.filter(({ key }) => key !== call?.key)].map((one) => ({
    ...one,
    paymentId: payment.id,
  }));
};

const foldReport = (
  report: Report,
  states: ReadonlyMap<string, LoadedPayment>,
): { readonly result: Reconciled; readonly entry: InboxEntry | null } => {
  const { reading, call: _, ...received } = report;
  if (reading.kind !== 'observation') {
    const entry = {
      ...received,
      outcome: 'ignored',
      reason: reading.kind === 'ignored' ? reading.reason : 'belongs to no payment',
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
  // What we asked for ourselves is kept only if it taught us something; an event, and what a person asked for, in any case.
  const isNews = isEvent(report) || report.source === 'repair' || !isSame(state, fold.state);
  const payment = { ...state, ...fold.state };
  return { result: { outcome: 'applied', payment }, entry: isNews ? entry : null };
};

/** The provider's own event, delivered or listed: the same row whichever way it came. */
const isEvent = ({ source }: Report): boolean => source === 'webhook' || source === 'events';

/** Asking again and hearing the same open status is no news; every poll would otherwise write a row. */
const withoutStaleNews = (report: Report, observation: Observation, state: LoadedPayment): Observation => {
  const { open } = observation;
  const isRepeat =
    !isEvent(report) && open?.status === state.open?.status && open?.errorCode === state.open?.errorCode;
  return isRepeat ? { ...observation, open: null } : observation;
};

const findPayment = (
  { provider, providerRef, paymentId }: Pick<Observation, 'provider' | 'providerRef' | 'paymentId'>,
  states: ReadonlyMap<string, LoadedPayment>,
): LoadedPayment | null => {
  for (const state of states.values()) {
    if (state.provider === provider && state.providerRef === providerRef && providerRef !== null)
      return state;
  }
  // The provider's id may not have reached us yet: the report can be faster than the answer to our own call.
  const named = paymentId === null ? undefined : states.get(paymentId);
  return named?.provider === provider ? named : null;
};

const isSame = (a: LoadedPayment, b: PaymentState): boolean =>
  a.providerRef === b.providerRef &&
  a.facts.length === b.facts.length &&
  a.open?.eventId === b.open?.eventId &&
  a.reviewReason === b.reviewReason;

const changeOf = (before: LoadedPayment, after: LoadedPayment): readonly PaymentChange[] => {
  if (isSame(before, after)) return [];
  const { derived, ledger } = consequences(after);
  const { id, provider, version } = before;
  const { providerRef, open, reviewReason } = after;
  const newFacts = after.facts.slice(before.facts.length);
  return [{ id, provider, version, providerRef, derived, open, reviewReason, newFacts, ledger }];
};
