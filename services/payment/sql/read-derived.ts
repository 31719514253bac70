import type { Queryable } from '#shared/database/queryable';

/** A row that follows from the inbox, as canonical JSON text: equal rows are equal byte by byte. */
export interface DerivedRow {
  readonly table: string;
  /** Its business key; unique in its table. */
  readonly key: string;
  readonly row: string;
}

const PAGE = 2000;

/**
 * Every row that follows from the inbox, by table and key, in pages. All columns, so that a new one is compared from its first
 * day, but for when something was written, how often a payment was, and whose it is. To be read to its end inside a
 * transaction of `db`.
 */
export async function* readDerived(db: Queryable): AsyncGenerator<readonly DerivedRow[]> {
  // Times are compared as text.
  await db.query(`select set_config('timezone', 'UTC', false)`);
  await db.query(
    `declare derived_rows no scroll cursor for
     select "table", key, row::text
     from (
       select 'payments' as "table", id::text as key, to_jsonb(p) - array['user_id', 'version', 'updated_at'] as row
       from public.payments p
       union all
       select 'payment_facts',
         concat_ws(':', provider, kind, object_id, status, case when isfinite(as_of) then as_of end),
         to_jsonb(f) - 'recorded_at'
       from private.payment_facts f
       union all
       select 'payouts', concat_ws(':', provider, object_id, status), to_jsonb(o) - 'recorded_at'
       from private.payouts o
       union all
       select 'ledger_transactions', key, to_jsonb(t) - 'booked_at' from private.ledger_transactions t
       union all
       select 'ledger_entries', concat_ws(' ', transaction_key, account), to_jsonb(e) from private.ledger_entries e
       union all
       select 'inbox', concat_ws(':', provider, event_id),
         jsonb_build_object('payment_id', payment_id, 'provider_ref', provider_ref, 'outcome', outcome, 'reason', reason)
       from private.inbox
     ) derived
     order by "table" collate "C", key collate "C"`,
  );
  for (;;) {
    const { rows } = await db.query<DerivedRow>('fetch 2000 from derived_rows');
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) break;
  }
  await db.query('close derived_rows');
}
