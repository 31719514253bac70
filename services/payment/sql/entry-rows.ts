import type { LedgerKind } from '../domain/booking-rules';
import type { Entry } from '../domain/drift';
import type { Provider } from '../domain/provider-scale';
import { isBookedAsRefund } from './unlisted-bookings';

/** An entry with the payment it is about. */
export interface LoadedEntry extends Entry {
  readonly provider: Provider;
  /** Null where no payment of ours is behind it. */
  readonly paymentId: string | null;
  /** The intent or order, as we know it or else as the statement names it. */
  readonly providerRef: string | null;
  /** When it was moved, or else when it was booked; milliseconds since 1970. */
  readonly at: number;
}

export interface EntryRow {
  readonly key: string;
  readonly provider: Provider;
  readonly or_key: string | null;
  readonly books: LedgerKind | null;
  readonly object_id: string;
  readonly line_id: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly settled_currency: string;
  readonly is_pending: boolean;
  readonly claimed_payment_id: string | null;
  readonly parent_id: string | null;
  readonly moved_at: Date;
  readonly booked_key: string | null;
  readonly booked_kind: LedgerKind;
  readonly booked_minor: string;
  readonly booked_currency: string;
  readonly booked_at: Date;
  readonly payment_id: string | null;
  readonly provider_ref: string | null;
  readonly fact_statuses: readonly string[];
}

/** What a statement over `wanted w (key)` selects to give EntryRows; to be used with `entryJoins`. */
export const entryColumns = `
  w.key, split_part(w.key, ':', 1) as provider, m.or_key, m.books, m.object_id, m.line_id, m.amount_minor, m.currency,
  m.settled_currency, m.is_pending, m.claimed_payment_id, m.parent_id, m.moved_at,
  t.key as booked_key, t.kind as booked_kind, t.currency as booked_currency, t.booked_at,
  -- Of a transaction's two entries the one above 0 is what it is worth.
  (select max(e.amount_minor) from private.ledger_entries e where e.transaction_key = t.key) as booked_minor,
  p.id as payment_id, coalesce(p.provider_ref, m.provider_ref) as provider_ref,
  array(select f.status from private.payment_facts f
        where f.provider = m.provider and f.object_id = m.object_id
          and f.kind = case m.books when 'refund_reversal' then 'refund' else m.books end) as fact_statuses`;

export const entryJoins = `
  left join lateral (
    select * from private.provider_movements c
    where c.key = w.key or (c.or_key = w.key and not (w.key like 'paypal:withdrawal:%' and ${isBookedAsRefund('c')}))
    order by c.key = w.key desc limit 1
  ) m on true
  left join lateral (
    select * from private.ledger_transactions b where b.key in (w.key, m.key, m.or_key) order by b.key = w.key desc limit 1
  ) t on true
  left join lateral (
    select q.id, q.provider_ref from public.payments q
    where q.id = t.payment_id
       or (m.books not in ('payout', 'payout_return') and q.provider = m.provider and (
            q.provider_ref = m.provider_ref
            or q.id = m.claimed_payment_id
            or q.id = (select f.payment_id from private.payment_facts f
                       where f.provider = m.provider and f.kind = 'capture' and f.object_id = m.parent_id limit 1)))
    order by q.id = t.payment_id desc, q.provider_ref = m.provider_ref desc nulls last
    limit 1
  ) p on true`;

export const toLoadedEntry = (row: EntryRow): LoadedEntry => ({
  key: row.key,
  provider: row.provider,
  paymentId: row.payment_id,
  providerRef: row.provider_ref,
  at: (row.books === null ? row.booked_at : row.moved_at).getTime(),
  factStatuses: row.fact_statuses,
  ours:
    row.booked_key === null
      ? null
      : {
          key: row.booked_key,
          books: row.booked_kind,
          // provider:kind:id:status, and an id may hold colons.
          objectId: row.booked_key.split(':').slice(2, -1).join(':'),
          amountMinor: BigInt(row.booked_minor),
          currency: row.booked_currency,
        },
  theirs:
    row.books === null
      ? null
      : {
          provider: row.provider,
          books: row.books,
          objectId: row.object_id,
          orKey: row.or_key,
          lineId: row.line_id,
          amountMinor: BigInt(row.amount_minor),
          currency: row.currency,
          settledCurrency: row.settled_currency,
          isPending: row.is_pending,
          providerRef: row.provider_ref,
          paymentId: row.claimed_payment_id,
          parentId: row.parent_id,
          at: row.moved_at.toISOString(),
        },
});
