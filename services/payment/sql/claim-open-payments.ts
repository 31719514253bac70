import type { Queryable } from '#shared/database/queryable';
import { openDisputeStatuses } from '../domain/dispute-status';
import { openPaymentStatuses } from '../domain/payment-status';
import type { Provider } from '../domain/provider-scale';

export interface OpenPayment {
  readonly id: string;
  readonly provider: Provider;
  readonly providerRef: string | null;
  readonly userId: string | null;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether the provider has declined to take the money, and the payer was told so. */
  readonly wasDeclined: boolean;
}

interface Row {
  readonly id: string;
  readonly provider: Provider;
  readonly provider_ref: string | null;
  readonly user_id: string | null;
  readonly description: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly created_at: Date;
  readonly was_declined: boolean;
}

/**
 * Takes open payments that are due for a look and says when they are due next: 5 minutes later, then twice as long each time,
 * up to half a day. Sweeps that run side by side take different ones; one that dies leaves its payments to the next rhythm.
 * `providers`: those that may be asked now; payments of the others wait without being counted as looked at.
 */
export const claimOpenPayments = async (
  db: Queryable,
  now: number,
  limit: number,
  providers: readonly Provider[] = ['stripe', 'paypal'],
): Promise<readonly OpenPayment[]> => {
  const { rows } = await db.query<Row>(
    `with candidate as (
       -- Each by an index of its own that leaves out what is settled for good: payments of all years are not read for this.
       select p.id from public.payments p
       where p.status = any($1::text[]) and p.created_at > $2::timestamptz - interval '60 days'
       union
       -- A refund on its way, of a payment of whatever age: a bank may take days, and the webhook may be lost.
       select f.payment_id from private.payment_facts f
       where f.kind = 'refund' and f.status = 'pending' and f.recorded_at > $2::timestamptz - interval '400 days'
         and not exists (select from private.payment_facts g where g.kind = 'refund' and g.provider = f.provider
                         and g.object_id = f.object_id and g.status <> 'pending')
       union
       -- Stripe names the fee only in the balance transaction, which it makes after the capture and no webhook carries.
       -- A dispute's fee, told with its withdrawal, does not stand for it.
       select paid.id from (
         select p.id from public.payments p
         where p.provider = 'stripe' and p.captured_minor > 0 and p.fee_minor = 0
           and p.created_at > $2::timestamptz - interval '7 days'
         union all
         select p.id from public.payments p
         where p.provider = 'stripe' and p.captured_minor > 0 and p.dispute_status is not null
           and p.created_at > $2::timestamptz - interval '7 days'
       ) paid
       where not exists (
         select from private.payment_facts f
         where f.payment_id = paid.id and f.kind = 'fee'
           and not exists (select from private.payment_facts w where w.payment_id = paid.id
                           and w.kind = 'withdrawal' and w.object_id = f.object_id))
       union
       -- A bank decides within months, and a lost report of it would leave the money's fate open for ever.
       select p.id from public.payments p
       where p.dispute_status = any($5::text[]) and p.created_at > $2::timestamptz - interval '400 days'
       union
       -- PayPal has said that it took a capture back. Where no refund in the order shows it, that can be told only once the
       -- capture has not changed for three hours, and nothing else would make us ask again then.
       select p.id from private.inbox i join public.payments p on p.id = i.payment_id
       where i.event_type = 'PAYMENT.CAPTURE.REVERSED' and i.received_at > $2::timestamptz - interval '3 days'
         and p.provider = 'paypal' and p.reversed_minor = 0 and p.refunded_minor < p.captured_minor
     ), due as (
       select p.id
       from candidate c
       join public.payments p on p.id = c.id
       left join private.payment_sweeps s on s.payment_id = p.id
       where p.provider = any($4::text[])
         -- Younger ones are still being paid; their user or a webhook will settle them.
         and p.created_at < $2::timestamptz - interval '2 minutes'
         and coalesce(s.next_at, '-infinity') <= $2::timestamptz
       -- Those nobody has asked about yet come before the backlog.
       order by coalesce(s.attempts, 0), coalesce(s.next_at, p.created_at), p.id
       limit $3::int
       for no key update of p skip locked
     ), claimed as (
       insert into private.payment_sweeps as s (payment_id, attempts, next_at)
       select id, 1, $2::timestamptz + interval '5 minutes' from due
       on conflict (payment_id) do update
       set attempts = s.attempts + 1,
           next_at = $2::timestamptz + least(interval '5 minutes' * power(2, least(s.attempts, 10)), interval '12 hours')
       -- Another sweep may have claimed and committed between our reading and our lock.
       where s.next_at <= $2::timestamptz
       returning payment_id
     )
     select p.id, p.provider, p.provider_ref, p.user_id, p.description, p.amount_minor, p.currency, p.created_at,
       exists (select from private.provider_calls c
               where c.payment_id = p.id and c.operation = 'capture' and c.error_code = 'payment_declined') as was_declined
     from public.payments p where p.id in (select payment_id from claimed)`,
    [openPaymentStatuses, new Date(now).toISOString(), limit, providers, [...openDisputeStatuses]],
  );
  return rows.map((row) => ({
    id: row.id,
    provider: row.provider,
    providerRef: row.provider_ref,
    userId: row.user_id,
    description: row.description,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    createdAt: row.created_at.getTime(),
    wasDeclined: row.was_declined,
  }));
};
