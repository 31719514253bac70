import type { Queryable } from '#shared/database/queryable';
import type { LedgerKind } from '../domain/booking-rules';
import type { DifferenceKind, DriftField } from '../domain/drift';
import type { DriftCause } from '../domain/drift-cause';
import type { Drift } from '../domain/drift-report';
import type { Provider } from '../domain/provider-scale';

interface Row {
  readonly id: string;
  readonly provider: Provider;
  readonly key: string;
  readonly kind: LedgerKind;
  readonly object_id: string;
  readonly payment_id: string | null;
  readonly provider_ref: string | null;
  readonly difference: DifferenceKind;
  readonly field: DriftField;
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly cause: DriftCause;
  readonly day: string;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly resolved_at: Date | null;
  readonly cursor_at: string;
}

const columns = `
  id, provider, key, kind, object_id, payment_id, provider_ref, difference, field, ours, theirs, cause,
  to_char(day, 'YYYY-MM-DD') as day, first_seen, last_seen, resolved_at,
  to_char(first_seen at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at`;

export interface DriftPage {
  readonly provider: Provider | null;
  /** Null: open and resolved ones. */
  readonly isOpen: boolean | null;
  /** The last row of the page before. */
  readonly after: { readonly createdAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** A page of differences, newest first. */
export const listDrift = async (db: Queryable, page: DriftPage): Promise<readonly Drift[]> => {
  const { rows } = await db.query<Row>(
    `select ${columns} from private.drift
     where ($1::text is null or provider = $1)
       and ($2::boolean is null or (resolved_at is null) = $2)
       and ($3::timestamptz is null or (first_seen, id) < ($3::timestamptz, $4::uuid))
     order by first_seen desc, id desc
     limit $5::int`,
    [page.provider, page.isOpen, page.after?.createdAt ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(toDrift);
};

/** One difference, or null. */
export const findDrift = async (db: Queryable, id: string): Promise<Drift | null> => {
  const { rows } = await db.query<Row>(`select ${columns} from private.drift where id = $1::uuid`, [id]);
  const row = rows[0];
  return row === undefined ? null : toDrift(row);
};

const toDrift = (row: Row): Drift => ({
  id: row.id,
  provider: row.provider,
  key: row.key,
  kind: row.kind,
  objectId: row.object_id,
  paymentId: row.payment_id,
  providerRef: row.provider_ref,
  difference: row.difference,
  field: row.field,
  ours: row.ours,
  theirs: row.theirs,
  cause: row.cause,
  day: row.day,
  firstSeen: row.first_seen,
  lastSeen: row.last_seen,
  resolvedAt: row.resolved_at,
  cursorAt: row.cursor_at,
});
