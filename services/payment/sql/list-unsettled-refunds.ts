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
}

interface Row {
  readonly key: string;
  readonly provider: Provider;
  readonly provider_ref: string;
  readonly request: { readonly captureId: string };
  readonly amount_minor: string;
  readonly currency: string;
}

export interface UnsettledQuestion {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly limit: number;
  /** Since when each provider remembers the keys of refunds; milliseconds since 1970. */
  readonly since: Readonly<Record<Provider, number>>;
}

/**
 * Refund calls without an outcome that may be repeated: older than two minutes, since younger ones may still be running, and
 * younger than the provider's memory of their key. Longest untried first, so that none keeps others waiting.
 */
export const listUnsettledRefunds = async (
  db: Queryable,
  { now, limit, since }: UnsettledQuestion,
): Promise<readonly UnsettledRefund[]> => {
  const { rows } = await db.query<Row>(
    `select c.key, c.provider, p.provider_ref, c.request, c.amount_minor, p.currency
     from private.provider_calls c join public.payments p on p.id = c.payment_id
     where c.operation = 'refund' and c.state in ('intended', 'unknown')
       and coalesce(c.attempted_at, c.created_at) < $1::timestamptz - interval '2 minutes'
       and c.created_at > case c.provider when 'stripe' then $3::timestamptz else $4::timestamptz end
     order by coalesce(c.attempted_at, c.created_at), c.key
     limit $2::int`,
    [
      new Date(now).toISOString(),
      limit,
      new Date(since.stripe).toISOString(),
      new Date(since.paypal).toISOString(),
    ],
  );
  return rows.map((row) => ({
    key: row.key,
    provider: row.provider,
    providerRef: row.provider_ref,
    captureId: row.request.captureId,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
  }));
};
