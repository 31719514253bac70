import type { Fact } from '../domain/fact-kinds';
import type { LedgerTransaction } from '../domain/ledger';
import type { Payout } from '../domain/payout';
import type { Provider } from '../domain/provider-scale';

/*
 * Rows as `json_to_recordset` takes them: the columns' names, and amounts as text, since JSON numbers are floats.
 */

export const factRow = (paymentId: string, provider: Provider, fact: Fact) => ({
  payment_id: paymentId,
  provider,
  kind: fact.kind,
  object_id: fact.objectId,
  status: fact.status,
  currency: fact.currency,
  amount_minor: fact.amountMinor.toString(),
  parent_id: fact.parentId,
  as_of: fact.asOf ?? null,
});

export const payoutRow = (payout: Payout) => ({
  provider: payout.provider,
  object_id: payout.objectId,
  status: payout.status,
  currency: payout.currency,
  amount_minor: payout.amountMinor.toString(),
});

/** Null for the payment of a payout's booking. */
export const transactionRow = (paymentId: string | null, { key, currency, kind }: LedgerTransaction) => ({
  key,
  payment_id: paymentId,
  currency,
  kind,
});

export const entryRows = ({ key, currency, entries }: LedgerTransaction) =>
  entries.map(({ account, amountMinor }) => ({
    transaction_key: key,
    account,
    currency,
    amount_minor: amountMinor.toString(),
  }));
