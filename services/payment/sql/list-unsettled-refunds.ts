import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** A refund that was intended, and whose outcome nobody has recorded. */
export interface UnsettledRefund {
  readonly key: string;
  readonly provider: Provider;
  readonly providerRef: string;
  readonly captureId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

interface Row {
  readonly key: string;
  readonly provider: Provider;
  readonly provider_ref: string;
  readonly request: { readonly captureId: string };
  readonly amount_minor: string;
  readonly currency: string;
  readonly created_at: Date;
}

/** Refund calls older than two minutes without an outcome; younger ones may still be running. */
export const listUnsettledRefunds = async (
  db: Queryable,
  now: number,
  limit: number,
): Promise<readonly UnsettledRefund[]> => {
  const { rows } = await db.query<Row>(
    `select c.key, c.provider, p.provider_ref, c.request, c.amount_minor, p.currency, c.created_at
     from private.provider_calls c join public.payments p on p.id = c.payment_id
     where c.operation = 'refund' and c.state in ('intended', 'unknown')
       and c.created_at < $1::timestamptz - interval '2 minutes'
       and coalesce(c.attempted_at, c.created_at) < $1::timestamptz - interval '2 minutes'
     order by c.created_at
     limit $2::int`,
    [new Date(now).toISOString(), limit],
  );
  return rows.map((row) => ({
    key: row.key,
    provider: row.provider,
    providerRef: row.provider_ref,
    captureId: row.request.captureId,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    createdAt: row.created_at.getTime(),
  }));
};
