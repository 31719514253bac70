import type { Queryable } from '#shared/database/queryable';
import type { DerivedPayment } from '../domain/derive-payment';
import type { Fact } from '../domain/fact-kinds';
import type { LedgerTransaction } from '../domain/ledger';
import type { OpenObservation } from '../domain/open-status';
import { openStatuses } from '../domain/open-status';
import type { Payout } from '../domain/payout';
import type { Provider } from '../domain/provider-scale';
import { APPLY, APPLY_AND_ANSWER } from './apply-statement';
import { entryRows, factRow, payoutRow, transactionRow } from './money-rows';

/** The new state of one payment, valid only on top of `version`. */
export interface PaymentChange {
  readonly id: string;
  readonly provider: Provider;
  /** The version that was read; if the row has moved on, nothing about this payment is written. */
  readonly version: bigint;
  readonly providerRef: string | null;
  readonly derived: DerivedPayment;
  readonly open: OpenObservation | null;
  readonly reviewReason: string | null;
  readonly newFacts: readonly Fact[];
  /** All bookings that follow from all facts; those the ledger has are left alone. */
  readonly ledger: readonly LedgerTransaction[];
}

/** What reports of payouts add. */
export interface PayoutChange {
  readonly newPayouts: readonly Payout[];
  /** All bookings that follow from all reports of these payouts; those the ledger has are left alone. */
  readonly ledger: readonly LedgerTransaction[];
}

/** A call of ours that brought one of the reports. */
export interface SettledCall {
  /** Its row in provider_calls. */
  readonly key: string;
  /** The provider's id of what came of it. */
  readonly resultRef: string | null;
  /** Set where a provider's report named the key: then the call must be one for that payment. */
  readonly paymentId?: string;
}

/** Which way a report came: the provider's own event, delivered or listed; or its answer to us, and why we asked. */
export type ReportSource =
  | 'webhook'
  | 'events'
  | 'create'
  | 'confirm'
  | 'refund'
  | 'cancel'
  | 'sweep'
  | 'repair';

/** One row of the inbox. */
export interface InboxEntry {
  readonly provider: Provider;
  readonly eventId: string;
  readonly source: ReportSource;
  readonly eventType: string;
  readonly providerRef: string | null;
  readonly paymentId: string | null;
  readonly mode: 'live' | 'test';
  readonly account: string | null;
  readonly transmissionId: string | null;
  readonly sha256: string | null;
  readonly body: string | null;
  readonly observation: string | null;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly outcome: 'applied' | 'ignored' | 'held' | 'review' | 'dismissed';
  readonly reason: string | null;
}

/** An answer of ours to be kept for its Idempotency-Key, together with what it tells of. */
export interface KeptAnswer {
  readonly paymentId: string;
  readonly userId: string;
  readonly route: string;
  readonly key: string;
  /** JSON text; `TIME_OF_WRITING` in it becomes the time of writing. */
  readonly response: string;
}

export interface Written {
  /** When each payment that was written was. */
  readonly times: ReadonlyMap<string, Date>;
  /** Whether the answer was kept: not if nothing of its payment was written, or its key has an answer already. */
  readonly isAnswered: boolean;
}

/**
 * The one writer: inbox rows, row locks, new facts, balanced bookings, derived state and the calls of ours that are done, in
 * one statement and so in one transaction, however many reports there are. A call is noted as done with the facts it
 * brought and never before: what a refund reserves must count until its fact does. A payment whose row moved on since it
 * was read is left out with its inbox rows and calls; its id is missing from the result, and the caller reads and folds
 * again. Gives the time of writing by payment id. No lock is held between statements, so a worker that freezes or dies holds
 * nothing up, and one that wakes late finds another version. Throws `conflict` when another writer reported the same payout
 * just now: then the whole is to be read and folded again.
 */
export const applyReports = async (
  db: Queryable,
  changes: readonly PaymentChange[],
  inbox: readonly InboxEntry[],
  calls: readonly SettledCall[] = [],
  payouts?: PayoutChange,
): Promise<ReadonlyMap<string, Date>> => (await applyAndAnswer(db, changes, inbox, calls, payouts)).times;

/** The same, keeping an answer of ours in the same transaction; null where there is none to keep. */
export const applyAndAnswer = async (
  db: Queryable,
  changes: readonly PaymentChange[],
  inbox: readonly InboxEntry[],
  calls: readonly SettledCall[],
  { newPayouts, ledger }: PayoutChange = { newPayouts: [], ledger: [] },
  answer: KeptAnswer | null = null,
): Promise<Written> => {
  const parameters = [
    JSON.stringify(changes.map(changeRow)),
    JSON.stringify(inbox.map(inboxRow)),
    JSON.stringify(
      changes.flatMap(({ id, provider, newFacts }) => newFacts.map((fact) => factRow(id, provider, fact))),
    ),
    JSON.stringify([
      ...changes.flatMap((change) => change.ledger.map((booked) => transactionRow(change.id, booked))),
      ...ledger.map((booked) => transactionRow(null, booked)),
    ]),
    JSON.stringify([...changes.flatMap((change) => change.ledger), ...ledger].flatMap(entryRows)),
    JSON.stringify(calls.map(callRow)),
    JSON.stringify(newPayouts.map(payoutRow)),
    changes.map(({ id }) => id),
  ];
  const { rows } =
    answer === null
      ? await db.query<Row>(APPLY, parameters)
      : await db.query<Row>(APPLY_AND_ANSWER, [...parameters, ...answerParameters(answer)]);
  return {
    times: new Map(rows.map((row) => [row.id, row.updated_at])),
    isAnswered: rows.some((row) => row.is_answered),
  };
};

interface Row {
  readonly id: string;
  readonly updated_at: Date;
  readonly is_answered: boolean;
}

const answerParameters = ({ response, paymentId, userId, route, key }: KeptAnswer): readonly string[] => [
  response,
  paymentId,
  userId,
  route,
  key,
];

const callRow = ({ key, resultRef, paymentId }: SettledCall) => ({
  key,
  result_ref: resultRef,
  payment_id: paymentId ?? null,
});

const changeRow = (change: PaymentChange) => ({
  id: change.id,
  version: change.version.toString(),
  provider_ref: change.providerRef,
  status: change.derived.status,
  captured_minor: change.derived.capturedMinor.toString(),
  refunded_minor: change.derived.refundedMinor.toString(),
  reversed_minor: change.derived.reversedMinor.toString(),
  fee_minor: change.derived.feeMinor.toString(),
  dispute_status: change.derived.disputeStatus,
  observed_status: change.open?.status ?? null,
  observed_at: change.open?.at ?? null,
  observed_rank: change.open === null ? null : openStatuses[change.open.status],
  observed_event: change.open?.eventId ?? null,
  last_error_code: change.open?.errorCode ?? null,
  review_reason: change.reviewReason,
});

const inboxRow = (entry: InboxEntry, place: number) => ({
  place,
  provider: entry.provider,
  event_id: entry.eventId,
  source: entry.source,
  event_type: entry.eventType,
  provider_ref: entry.providerRef,
  payment_id: entry.paymentId,
  mode: entry.mode,
  account: entry.account,
  transmission_id: entry.transmissionId,
  sha256: entry.sha256,
  body: entry.body,
  observation: entry.observation,
  received_at: entry.receivedAt,
  outcome: entry.outcome,
  reason: entry.reason,
});
