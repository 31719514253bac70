import { createHash } from 'node:crypto';
import { foldObservation } from '../domain/fold-observation';
import { joinPayout } from '../domain/join-payouts';
import { ledgerOfPayouts } from '../domain/ledger';
import type { MadeCall, Observation, Reading } from '../domain/observation';
import type { Payout } from '../domain/payout';
import type { Provider } from '../domain/provider-scale';
import { addReview, reviewReasonOf, withoutReview } from '../domain/review';
import type { InboxEntry, PaymentChange, PayoutChange, SettledCall } from '../sql/apply-reports';
import type { LoadedPayment } from '../sql/load-payments';
import { changeOfPayment, findPayment, isSamePayment } from './change-of-payment';
import { isEvent, withoutStaleNews } from './without-stale-news';

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
  /** `booked`: of a payout, which belongs to no payment. */
  | { readonly outcome: 'ignored' | 'held' | 'booked'; readonly payment: null };

/** What a batch of reports comes to. */
export interface FoldedBatch {
  readonly folded: readonly { readonly report: Report; readonly result: Reconciled }[];
  readonly changed: ReadonlySet<string>;
  readonly changes: readonly PaymentChange[];
  readonly inbox: readonly InboxEntry[];
  readonly calls: readonly SettledCall[];
  readonly payouts: PayoutChange;
}

/** Folds reports into the payments and payouts they are about, in order; `known`: all earlier reports of those payouts. Pure. */
export const foldReports = (
  reports: readonly Report[],
  loaded: readonly LoadedPayment[],
  known: readonly Payout[],
): FoldedBatch => {
  const states = new Map<string, LoadedPayment>(loaded.map((payment) => [payment.id, payment]));
  // The queue may hand over one event twice in a batch; it is one row.
  const inbox = new Map<string, InboxEntry>();
  const calls: SettledCall[] = [];
  const payouts = [...known];
  const folded = reports.map((report) => {
    const { result, entries } =
      report.reading.kind === 'payout'
        ? foldPayout(report, report.reading.payout, payouts)
        : foldReport(report, report.reading, states);
    calls.push(...settledCalls(report, result, entries.length > 0));
    for (const entry of entries) keep(inbox, entry);
    if (result.payment !== null) states.set(result.payment.id, result.payment);
    return { report, result };
  });
  const changes = loaded.flatMap((before) => changeOfPayment(before, states.get(before.id) ?? before));
  return {
    folded,
    inbox: [...inbox.values()],
    calls,
    changes,
    changed: new Set(changes.map((change) => change.id)),
    payouts: { newPayouts: payouts.slice(known.length), ledger: ledgerOfPayouts(payouts) },
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
  const seen = isNews && reading.kind === 'observation' ? callsWithFacts(reading.observation) : [];
  const answered = call === undefined ? [] : [call];
  return [...answered, ...seen.filter(({ key }) => key !== call?.key)].map((one) => ({
    ...one,
    paymentId: payment.id,
  }));
};

/** A refund's call only together with its fact: what it has reserved must count until the refund does. */
const callsWithFacts = ({ calls = [], facts, providerRef }: Observation): readonly MadeCall[] =>
  calls.filter(
    ({ resultRef }) => resultRef === providerRef || facts.some(({ objectId }) => objectId === resultRef),
  );

interface FoldedReport {
  readonly result: Reconciled;
  /** Its row, and another where what we saw by asking about an event had an effect; none where it was no news. */
  readonly entries: readonly InboxEntry[];
}

/** Joins a report of a payout into `payouts`. */
const foldPayout = (report: Report, payout: Payout, payouts: Payout[]): FoldedReport => {
  const added = joinPayout(payouts, payout);
  if (added === null) {
    const entries = [entryOf(report, 'held', 'contradicts another report of this payout')];
    return { result: { outcome: 'held', payment: null }, entries };
  }
  payouts.push(...added);
  return { result: { outcome: 'booked', payment: null }, entries: [entryOf(report, 'applied', null)] };
};

const foldReport = (
  report: Report,
  reading: Exclude<Reading, { readonly kind: 'payout' }>,
  states: ReadonlyMap<string, LoadedPayment>,
): FoldedReport => {
  if (reading.kind === 'ignored') {
    const entries = [entryOf(report, 'ignored', reading.reason)];
    return { result: { outcome: 'ignored', payment: null }, entries };
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
    (news.kind === 'applied' && !isSamePayment(state, { ...state, ...news.state }));
  if (!isKept) return { result: { outcome: 'applied', payment: state }, entries: [] };
  const payment = { ...state, ...fold.state, reviews, reviewReason: reviewReasonOf(reviews) };
  const entry = entryOf(report, 'applied', null, state.id);
  const hadEffect =
    seenAs !== null && !isSamePayment({ ...state, reviews, reviewReason: payment.reviewReason }, payment);
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
