import type { Queryable } from '#shared/database/queryable';
import type { DisputeStatus } from '../domain/dispute-status';
import type { PaymentStatus } from '../domain/payment-status';
import type { PaymentSummary } from '../domain/payment-summary';
import type { Provider } from '../domain/provider-scale';

export interface PaymentPage {
  readonly userId: string;
  readonly limit: number;
  /** The last row of the page before. */
  readonly after: { readonly createdAt: string; readonly id: string } | null;
  readonly status: PaymentStatus | null;
  readonly provider: Provider | null;
}

interface Row {
  readonly id: string;
  readonly provider: Provider;
  readonly provider_ref: string | null;
  readonly price_id: string;
  readonly description: string;
  readonly currency: string;
  readonly amount_minor: string;
  readonly status: PaymentStatus;
  readonly captured_minor: string;
  readonly refunded_minor: string;
  readonly reversed_minor: string;
  readonly dispute_status: DisputeStatus | null;
  readonly last_error_code: string | null;
  readonly created_at: Date;
  readonly cursor_at: string;
  readonly updated_at: Date;
}

/** A user's payments, newest first; `cursorAt` keeps the microseconds that a Date would lose. */
export const listPayments = async (
  db: Queryable,
  page: PaymentPage,
): Promise<readonly (PaymentSummary & { readonly cursorAt: string })[]> => {
  const { rows } = await db.query<Row>(
    `select id, provider, provider_ref, price_id, description, currency, amount_minor, status, captured_minor,
            refunded_minor, reversed_minor, dispute_status, last_error_code, created_at, updated_at,
            to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
     from public.payments
     where user_id = $1::uuid
       and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
       and ($4::text is null or status = $4)
       and ($5::text is null or provider = $5)
     order by created_at desc, id desc
     limit $6::int`,
    [
      page.userId,
      page.after?.createdAt ?? null,
      page.after?.id ?? null,
      page.status,
      page.provider,
      page.limit,
    ],
  );
  return rows.map((row) => ({
    id: row.id,
    provider: row.provider,
    providerRef: row.provider_ref,
    priceId: row.price_id,
    description: row.description,
    currency: row.currency,
    amountMinor: BigInt(row.amount_minor),
    status: row.status,
    capturedMinor: BigInt(row.captured_minor),
    refundedMinor: BigInt(row.refunded_minor),
    reversedMinor: BigInt(row.reversed_minor),
    disputeStatus: row.dispute_status,
    lastErrorCode: row.last_error_code,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    cursorAt: row.cursor_at,
  }));
};
