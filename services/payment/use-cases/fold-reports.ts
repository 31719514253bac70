import { createHash } from 'node:crypto';
import { consequences, foldObservation } from '../domain/fold-observation';
import type { Observation, Reading } from '../domain/observation';
import type { Provider } from '../domain/provider-scale';
import { addReview, reviewReasonOf, withoutReview } from '../domain/review';
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
  | { readonly outcome: 'applied' | 'review' | 'dismissed'; readonly payment: LoadedPayment }
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
    const { result, entries } = foldReport(report, states);
    calls.push(...settledCalls(report, result, entries.length > 0));
    for (const entry of entries) keep(inbox, entry);
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

/** As the row itself would: what was applied stays so, and what changes its outcome changes its place among the others. */
const keep = (inbox: Map<string, InboxEntry>, entry: InboxEntry): void => {
  const key = `${entry.provider}:${entry.eventId}`;
  const earlier = inbox.get(key);
  const isReasked = entry.outcome === 'review' && entry.observation !== null;
  if (earlier?.outcome === 'applied' && !isReasked) return;
  if (earlier?.outcome !== entry.outcome || earlier.reason !== entry.reason) inbox.delete(key);
  inbox.set(key, entry);
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

interface FoldedReport {
  readonly result: Reconciled;
  /** Its row, and another where what we saw by asking about an event had an effect; none where it was no news. */
  readonly entries: readonly InboxEntry[];
}

const foldReport = (report: Report, states: ReadonlyMap<string, LoadedPayment>): FoldedReport => {
  const { reading } = report;
  if (reading.kind !== 'observation') {
    const reason = reading.kind === 'ignored' ? reading.reason : 'belongs to no payment';
    return { result: { outcome: 'ignored', payment: null }, entries: [entryOf(report, 'ignored', reason)] };
  }
  const state = findPayment(reading.observation, states);
  if (state === null) {
    const entries = [entryOf(report, 'held', 'no such payment here')];
    return { result: { outcome: 'held', payment: null }, entries };
  }
  const seenAs = sightingIdOf(report);
  const fold = foldObservation(state, reading.observation, seenAs ?? report.eventId);
  if (fold.kind === 'review') return setAside(report, state, fold.reason);
  const news = foldObservation(state, withoutStaleNews(report, reading.observation, state), report.eventId);
  const reviews = withoutReview(state.reviews, report.eventId);
  // What we asked for ourselves is kept only if it taught us something; an event, and what a person asked for, in any case.
  const isKept =
    isEvent(report) ||
    report.source === 'repair' ||
    reviews !== state.reviews ||
    (news.kind === 'applied' && !isSame(state, { ...state, ...news.state }));
  if (!isKept) return { result: { outcome: 'applied', payment: state }, entries: [] };
  const payment = { ...state, ...fold.state, reviews, reviewReason: reviewReasonOf(reviews) };
  const entry = entryOf(report, 'applied', null, state.id);
  const hadEffect =
    seenAs !== null && !isSame({ ...state, reviews, reviewReason: payment.reviewReason }, payment);
  return {
    result: { outcome: 'applied', payment },
    entries: hadEffect ? [entry, sightingEntryOf(entry, seenAs)] : [entry],
  };
};

/** A report that contradicts what we know: no effect but a mark, until a person has looked. */
const setAside = (report: Report, state: LoadedPayment, reason: string): FoldedReport => {
  const { eventId } = report;
  if (state.reviews.some((review) => review.eventId === eventId && review.isDismissed))
    return { result: { outcome: 'dismissed', payment: state }, entries: [] };
  // Each look of the sweep would say the same again; one row tells a person enough.
  const isRepeat =
    !isEvent(report) &&
    state.reviews.some((review) => review.reason === reason && review.eventId !== eventId);
  if (isRepeat) return { result: { outcome: 'review', payment: state }, entries: [] };
  const reviews = addReview(state.reviews, eventId, reason);
  return {
    result: { outcome: 'review', payment: { ...state, reviews, reviewReason: reviewReasonOf(reviews) } },
    entries: [entryOf(report, 'review', reason, state.id)],
  };
};

const entryOf = (
  { reading, call: _, ...received }: Report,
  outcome: InboxEntry['outcome'],
  reason: string | null,
  paymentId: string | null = null,
): InboxEntry => ({
  ...received,
  outcome,
  reason,
  paymentId,
  providerRef: reading.kind === 'observation' ? reading.observation.providerRef : null,
});

/**
 * The id of what we saw when an event made us ask, or null for an event that speaks for itself. Asked again, the same event
 * may bring something else, so what had an effect is a row of its own that never changes.
 */
const sightingIdOf = ({ eventId, body, observation }: Report): string | null =>
  body === null || observation === null
    ? null
    : `obs_${createHash('sha256').update(`${eventId}\n${observation}`).digest('hex').slice(0, 32)}`;

const sightingEntryOf = (entry: InboxEntry, seenAs: string): InboxEntry => ({
  ...entry,
  eventId: seenAs,
  eventType: `observation.${entry.source}`,
  transmissionId: null,
  sha256: null,
  body: null,
});

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

const isSame = (a: LoadedPayment, b: LoadedPayment): boolean =>
  a.providerRef === b.providerRef &&
  a.facts.length === b.facts.length &&
  a.open?.eventId === b.open?.eventId &&
  a.reviewReason === b.reviewReason &&
  // Also where the reason stays: a report is set aside on top of the state that it contradicts, and of no other.
  a.reviews === b.reviews;

const changeOf = (before: LoadedPayment, after: LoadedPayment): readonly PaymentChange[] => {
  if (isSame(before, after)) return [];
  const { derived, ledger } = consequences(after);
  const { id, provider, version } = before;
  const { providerRef, open, reviewReason } = after;
  const newFacts = after.facts.slice(before.facts.length);
  return [{ id, provider, version, providerRef, derived, open, reviewReason, newFacts, ledger }];
};
