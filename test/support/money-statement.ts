import type { Queryable } from '#shared/database/queryable';
import { derivePayment } from '../../services/payment/domain/derive-payment';
import type { Fact } from '../../services/payment/domain/fact-kinds';
import { type LedgerTransaction, ledgerOf, ledgerOfPayouts } from '../../services/payment/domain/ledger';
import type { Payout } from '../../services/payment/domain/payout';
import type { Provider } from '../../services/payment/domain/provider-scale';
import { entryRows, factRow, payoutRow, transactionRow } from '../../services/payment/sql/money-rows';

type Row = Readonly<Record<string, string | number | null>>;

/** Rows of the tables that must agree, as a test would have them. */
export interface MoneyRows {
  /** Columns that follow from facts, by `id`. */
  readonly payments: readonly Row[];
  readonly facts: readonly Row[];
  readonly payouts: readonly Row[];
  readonly transactions: readonly Row[];
  readonly entries: readonly Row[];
}

export const noRows: MoneyRows = { payments: [], facts: [], payouts: [], transactions: [], entries: [] };

/** A payment with these facts as reconcile would write it. */
export const rowsOfPayment = (
  id: string,
  facts: readonly Fact[],
  provider: Provider = 'stripe',
): MoneyRows => ({
  ...noRows,
  ...booked(id, ledgerOf(provider, facts)),
  payments: [stateRow(id, facts)],
  facts: facts.map((fact) => factRow(id, provider, fact)),
});

/** The columns that follow from the facts. */
export const stateRow = (id: string, facts: readonly Fact[]): Row => {
  const derived = derivePayment(facts, null);
  return {
    id,
    status: derived.status,
    captured_minor: derived.capturedMinor.toString(),
    refunded_minor: derived.refundedMinor.toString(),
    reversed_minor: derived.reversedMinor.toString(),
    fee_minor: derived.feeMinor.toString(),
    dispute_status: derived.disputeStatus,
  };
};

/** Payouts as reconcile would write them. */
export const rowsOfPayouts = (payouts: readonly Payout[]): MoneyRows => ({
  ...noRows,
  ...booked(null, ledgerOfPayouts(payouts)),
  payouts: payouts.map(payoutRow),
});

const booked = (paymentId: string | null, ledger: readonly LedgerTransaction[]) => ({
  transactions: ledger.map((transaction) => transactionRow(paymentId, transaction)),
  entries: ledger.flatMap(entryRows),
});

export const joinRows = (all: readonly MoneyRows[]): MoneyRows => ({
  payments: all.flatMap(({ payments }) => payments),
  facts: all.flatMap(({ facts }) => facts),
  payouts: all.flatMap(({ payouts }) => payouts),
  transactions: all.flatMap(({ transactions }) => transactions),
  entries: all.flatMap(({ entries }) => entries),
});

/** Writes the rows in one statement, as anybody with the grants of the service's roles can. */
export const writeRows = (db: Queryable, rows: MoneyRows): Promise<unknown> =>
  db.query(
    `with fact as (
       insert into private.payment_facts (payment_id, provider, kind, object_id, status, currency, amount_minor, parent_id,
         as_of)
       select payment_id, provider, kind, object_id, status, currency, amount_minor, parent_id, coalesce(as_of, '-infinity')
       from json_to_recordset($2::json) as t(payment_id uuid, provider text, kind text, object_id text,
         status text, currency text, amount_minor bigint, parent_id text, as_of timestamptz)
     ), payout as (
       insert into private.payouts (provider, object_id, status, currency, amount_minor)
       select * from json_to_recordset($3::json) as t(provider text, object_id text, status text, currency text,
         amount_minor bigint)
     ), booked as (
       insert into private.ledger_transactions (key, payment_id, currency, kind)
       select * from json_to_recordset($4::json) as t(key text, payment_id uuid, currency text, kind text)
     ), entry as (
       insert into private.ledger_entries (transaction_key, account, currency, amount_minor)
       select * from json_to_recordset($5::json) as t(transaction_key text, account text, currency text,
         amount_minor bigint)
     )
     update public.payments p
     set status = t.status, captured_minor = t.captured_minor, refunded_minor = t.refunded_minor,
         reversed_minor = t.reversed_minor, fee_minor = t.fee_minor, dispute_status = t.dispute_status
     from json_to_recordset($1::json) as t(id uuid, status text, captured_minor bigint, refunded_minor bigint,
       reversed_minor bigint, fee_minor bigint, dispute_status text)
     where p.id = t.id`,
    [rows.payments, rows.facts, rows.payouts, rows.transactions, rows.entries].map((part) =>
      JSON.stringify(part),
    ),
  );

/** The constraint that refuses the work, or the SQLSTATE where none is named; null when it is done. */
export const refusalOf = async (work: Promise<unknown>): Promise<string | null> => {
  try {
    await work;
    return null;
  } catch (error) {
    const { cause } = error as { cause?: { constraint?: string; code?: string } };
    return cause?.constraint ?? cause?.code ?? String(error);
  }
};
