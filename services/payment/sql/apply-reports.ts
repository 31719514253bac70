import type { Queryable } from '#shared/database/queryable';
import type { DerivedPayment } from '../domain/derive-payment';
import type { Fact } from '../domain/fact-kinds';
import type { LedgerTransaction } from '../domain/ledger';
import type { OpenObservation } from '../domain/open-status';
import { openStatuses } from '../domain/open-status';
import type { Payout } from '../domain/payout';
import type { Provider } from '../domain/provider-scale';
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
  { newPayouts, ledger }: PayoutChange = { newPayouts: [], ledger: [] },
): Promise<ReadonlyMap<string, Date>> => {
  const { rows } = await db.query<{ readonly id: string; readonly updated_at: Date }>(
    `with change as (
       select * from json_to_recordset($1::json) as t(
         id uuid, version bigint, provider_ref text, status text, captured_minor bigint, refunded_minor bigint,
         reversed_minor bigint, fee_minor bigint, dispute_status text, observed_status text, observed_at timestamptz,
         observed_rank smallint, observed_event text, last_error_code text, review_reason text)
     ), locked as (
       -- Sorted, so that two batches over the same payments wait for each other instead of deadlocking.
       select p.id from public.payments p join change c on c.id = p.id
       where p.version = c.version
       order by p.id
       for no key update of p
     ), stretch as (
       -- Taken once the rows are locked, so that of two writers of a payment the later has the later positions.
       select nextval('private.inbox_positions') as start from (select count(*) from locked) l
     ), stored as (
       insert into private.inbox as i (provider, event_id, source, event_type, provider_ref, payment_id, mode, account,
         transmission_id, sha256, body, observation, received_at, outcome, reason, position)
       select t.provider, t.event_id, t.source, t.event_type, t.provider_ref, t.payment_id, t.mode, t.account,
         t.transmission_id, t.sha256, t.body, t.observation, t.received_at, t.outcome, t.reason,
         (select start from stretch) + t.place
       from json_to_recordset($2::json) as t(
         provider text, event_id text, source text, event_type text, provider_ref text, payment_id uuid, mode text,
         account text, transmission_id text, sha256 text, body text, observation text, received_at timestamptz,
         outcome text, reason text, place int)
       where not exists (select from change c where c.id = t.payment_id)
          or t.payment_id in (select id from locked)
       order by t.provider, t.event_id
       -- A report seen before changes nothing, unless it waited (held, under review), or could not be read, and now has
       -- its effect; or asking about its event again brought what a person must see. What is under review stays so until
       -- it counts or a person has looked.
       on conflict (provider, event_id) do update
       set payment_id = excluded.payment_id, provider_ref = coalesce(excluded.provider_ref, i.provider_ref),
           outcome = excluded.outcome, reason = excluded.reason,
           observation = coalesce(excluded.observation, i.observation), attempts = i.attempts + 1, processed_at = now(),
           position = case when (i.outcome, i.reason) is not distinct from (excluded.outcome, excluded.reason)
             then i.position else excluded.position end
       where i.outcome = 'held'
          or (i.outcome = 'review' and excluded.payment_id is not null)
          or (i.outcome = 'ignored' and excluded.outcome <> 'ignored')
          or (i.outcome = 'dismissed' and excluded.outcome = 'applied')
          or (i.outcome = 'applied' and excluded.outcome = 'review' and excluded.observation is not null)
     ), fact as (
       insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor, parent_id)
       select t.payment_id, t.provider, t.kind, t.object_id, t.status, t.currency, t.amount_minor, t.parent_id
       from json_to_recordset($3::json) as t(
         payment_id uuid, provider text, kind text, object_id text, status text, currency text, amount_minor bigint,
         parent_id text)
       where t.payment_id in (select id from locked)
     ), payout as (
       insert into private.payouts (provider, object_id, status, currency, amount_minor)
       select t.provider, t.object_id, t.status, t.currency, t.amount_minor
       from json_to_recordset($7::json) as t(
         provider text, object_id text, status text, currency text, amount_minor bigint)
       order by t.provider, t.object_id, t.status
       on conflict do nothing
     ), booked as (
       insert into private.ledger_transactions (key, payment_id, currency, kind)
       select t.key, t.payment_id, t.currency, t.kind
       from json_to_recordset($4::json) as t(key text, payment_id uuid, currency text, kind text)
       where t.payment_id in (select id from locked) or t.payment_id is null
       on conflict (key) do nothing
       returning key
     ), entry as (
       insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
       select t.transaction_key, t.account, t.currency, t.amount_minor
       from json_to_recordset($5::json) as t(transaction_key text, account text, currency text, amount_minor bigint)
       where t.transaction_key in (select key from booked)
     ), settled as (
       update private.provider_calls p
       set state = 'succeeded', result_ref = t.result_ref, error_code = null, attempts = p.attempts + 1,
           attempted_at = now()
       from json_to_recordset($6::json) as t(key text, result_ref text, payment_id uuid)
       where p.key = t.key and p.state <> 'succeeded' and p.payment_id = coalesce(t.payment_id, p.payment_id)
         and (p.payment_id in (select id from locked) or not exists (select from change c where c.id = p.payment_id))
     ), updated as (
       update public.payments p
       set provider_ref = c.provider_ref, status = c.status, captured_minor = c.captured_minor,
           refunded_minor = c.refunded_minor, reversed_minor = c.reversed_minor, fee_minor = c.fee_minor,
           dispute_status = c.dispute_status, observed_status = c.observed_status, observed_at = c.observed_at, observed_rank = c.observed_rank, observed_event = c.observed_event,
           last_error_code = c.last_error_code, review_reason = c.review_reason, version = p.version + 1,
           -- When what its owner sees last changed: a late report of an open status is no news after the money came.
           updated_at = case
             when (p.provider_ref, p.status, p.captured_minor, p.refunded_minor, p.reversed_minor, p.dispute_status,
                   p.last_error_code)
               is distinct from (c.provider_ref, c.status, c.captured_minor, c.refunded_minor, c.reversed_minor,
                                 c.dispute_status, c.last_error_code)
             then now() else p.updated_at end
       from change c
       where p.id = c.id and p.id in (select id from locked)
       returning p.id, p.updated_at
     )
     select id, updated_at from updated`,
    [
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
      JSON.stringify(
        calls.map(({ key, resultRef, paymentId = null }) => ({
          key,
          result_ref: resultRef,
          payment_id: paymentId,
        })),
      ),
      JSON.stringify(newPayouts.map(payoutRow)),
    ],
  );
  return new Map(rows.map((row) => [row.id, row.updated_at]));
};

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
