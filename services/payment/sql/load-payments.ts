import type { Queryable } from '#shared/database/queryable';
import type { Fact, FactKind } from '../domain/fact-kinds';
import type { PaymentState } from '../domain/fold-observation';
import type { OpenStatus } from '../domain/open-status';
import type { Payout, PayoutStatus } from '../domain/payout';
import type { Provider } from '../domain/provider-scale';
import type { Review } from '../domain/review';

/** A payment with its facts, and the version its next write must name. */
export interface LoadedPayment extends PaymentState {
  readonly version: bigint;
  readonly userId: string | null;
  readonly priceId: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Its reports that a person must look at, or has; a new list whenever that changes. */
  readonly reviews: readonly Review[];
}

/** How a report names its payment: by the provider's id, by ours, or both. */
export interface PaymentKey {
  readonly provider: Provider;
  readonly providerRef: string | null;
  readonly paymentId: string | null;
}

export type PayoutKey = Pick<Payout, 'provider' | 'objectId'>;

/** The columns of `paymentColumns`, as pg gives them. */
export interface PaymentRow {
  readonly id: string;
  readonly user_id: string | null;
  readonly price_id: string;
  readonly description: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly provider: Provider;
  readonly provider_ref: string | null;
  readonly amount_minor: string;
  readonly currency: string;
  readonly version: string;
  readonly review_reason: string | null;
  readonly observed_status: OpenStatus | null;
  readonly observed_at: Date | null;
  readonly observed_event: string | null;
  readonly last_error_code: string | null;
  readonly facts: readonly FactJson[];
  readonly reviews: readonly ReviewJson[];
}

/** A payment, or no payment but the payouts; every row has all of these. */
interface LoadedRow extends Omit<PaymentRow, 'id'> {
  readonly id: string | null;
  readonly payouts: readonly PayoutJson[] | null;
}

interface PayoutJson {
  readonly provider: Provider;
  readonly object_id: string;
  readonly status: PayoutStatus;
  readonly amount_minor: string;
  readonly currency: string;
}

interface ReviewJson {
  readonly event_id: string;
  readonly reason: string | null;
  readonly outcome: string;
}

interface FactJson {
  readonly kind: FactKind;
  readonly object_id: string;
  readonly status: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly parent_id: string | null;
  readonly as_of: string | null;
}

/** What a statement over `public.payments p` selects to give PaymentRows; to be used with `factsOfPayment`. */
export const paymentColumns = `
  p.id, p.user_id, p.price_id, p.description, p.created_at, p.updated_at, p.provider, p.provider_ref, p.amount_minor,
  p.currency, p.version, p.review_reason, p.observed_status, p.observed_at, p.observed_event, p.last_error_code,
  coalesce(f.facts, '[]'::json) as facts, coalesce(r.reviews, '[]'::json) as reviews`;

export const factsOfPayment = `
  left join lateral (
    select json_agg(json_build_object(
             'kind', kind, 'object_id', object_id, 'status', status, 'amount_minor', amount_minor::text,
             'currency', currency, 'parent_id', parent_id,
             'as_of', case when isfinite(as_of) then as_of end)) as facts
    from private.payment_facts where payment_id = p.id
  ) f on true
  left join lateral (
    select json_agg(json_build_object('event_id', event_id, 'reason', reason, 'outcome', outcome)) as reviews
    from private.inbox where payment_id = p.id and outcome in ('review', 'dismissed')
  ) r on true`;

/** What is known of the payments and payouts that reports are about. */
export interface Loaded {
  readonly payments: readonly LoadedPayment[];
  /** All reports of each payout. */
  readonly payouts: readonly Payout[];
}

/** Loads every payment and payout that one of the keys names, with all its facts, in one statement. Locks nothing. */
export const loadPayments = async (
  db: Queryable,
  keys: readonly PaymentKey[],
  payoutKeys: readonly PayoutKey[] = [],
): Promise<Loaded> => {
  if (keys.length === 0 && payoutKeys.length === 0) return { payments: [], payouts: [] };
  const { rows } = await db.query<LoadedRow>(
    `with keys as (
       select * from unnest($1::text[], $2::text[], $3::uuid[]) as t(provider, provider_ref, payment_id)
     ), wanted as (
       select p.id from keys k join public.payments p on p.provider = k.provider and p.provider_ref = k.provider_ref
       union
       select p.id from keys k join public.payments p on p.id = k.payment_id and p.provider = k.provider
     ), payout as (
       select json_agg(json_build_object(
                'provider', provider, 'object_id', object_id, 'status', status, 'amount_minor', amount_minor::text,
                'currency', currency)) as payouts
       from private.payouts where (provider, object_id) in (select * from unnest($4::text[], $5::text[]))
     )
     select ${paymentColumns}, o.payouts
     from payout o
     left join wanted w on true
     left join public.payments p on p.id = w.id
     ${factsOfPayment}`,
    [
      keys.map((k) => k.provider),
      keys.map((k) => k.providerRef),
      keys.map((k) => k.paymentId),
      payoutKeys.map((k) => k.provider),
      payoutKeys.map((k) => k.objectId),
    ],
  );
  return {
    payments: rows.flatMap(({ id, ...row }) => (id === null ? [] : [toLoadedPayment({ ...row, id })])),
    payouts: (rows[0]?.payouts ?? []).map((json) => ({
      provider: json.provider,
      objectId: json.object_id,
      status: json.status,
      amountMinor: BigInt(json.amount_minor),
      currency: json.currency,
    })),
  };
};

export const toLoadedPayment = (row: PaymentRow): LoadedPayment => ({
  id: row.id,
  userId: row.user_id,
  priceId: row.price_id,
  description: row.description,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  provider: row.provider,
  providerRef: row.provider_ref,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  version: BigInt(row.version),
  reviewReason: row.review_reason,
  facts: row.facts.map(toFact),
  reviews: row.reviews.map(({ event_id: eventId, reason, outcome }) => ({
    eventId,
    reason: reason ?? '',
    isDismissed: outcome === 'dismissed',
  })),
  open:
    row.observed_status === null || row.observed_at === null || row.observed_event === null
      ? null
      : {
          status: row.observed_status,
          at: row.observed_at.toISOString(),
          eventId: row.observed_event,
          errorCode: row.last_error_code,
        },
});

const toFact = (json: FactJson): Fact => ({
  kind: json.kind,
  objectId: json.object_id,
  status: json.status,
  amountMinor: BigInt(json.amount_minor),
  currency: json.currency,
  parentId: json.parent_id,
  ...(json.as_of === null ? {} : { asOf: new Date(json.as_of).toISOString() }),
});
