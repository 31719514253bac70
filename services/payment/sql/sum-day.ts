import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';
import { isUnlisted } from './unlisted-bookings';

export interface DayToSum {
  readonly provider: Provider;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** When what the statement lacks must have been booked to count for this day; milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly now: number;
}

/**
 * Sums up a day as `compareEntry` sees it: what is pending counts once it is booked, and a refund that came to nothing counts
 * on both sides. Sums that a former run wrote are written anew, also those that have become nothing.
 */
export const sumDay = async (db: Queryable, { provider, day, from, until, now }: DayToSum): Promise<void> => {
  await db.query(
    `with listed as (
       select m.books as kind, m.currency as their_currency, m.amount_minor as theirs, t.key as booked,
         t.currency as our_currency,
         (select max(e.amount_minor) from private.ledger_entries e where e.transaction_key = t.key) as ours,
         m.books in ('refund', 'refund_reversal') and exists (
           select from private.payment_facts f
           where f.provider = m.provider and f.kind = 'refund' and f.object_id = m.object_id
           having bool_or(f.status in ('failed', 'canceled')) and not bool_or(f.status = 'succeeded')) as came_to_nothing
       from private.provider_movements m
       left join lateral (
         select b.key, b.currency from private.ledger_transactions b where b.key in (m.key, m.or_key) limit 1
       ) t on true
       where m.provider = $1 and m.day = $2::date and (t.key is not null or not m.is_pending)
     ), sides as (
       select kind, their_currency as currency, 0::bigint as ours, 0 as ours_count, theirs, 1 as theirs_count from listed
       union all
       select kind, our_currency, ours, 1, 0, 0 from listed where booked is not null
       union all
       select kind, their_currency, theirs, 1, 0, 0 from listed where booked is null and came_to_nothing
       union all
       select t.kind, t.currency,
         (select max(e.amount_minor) from private.ledger_entries e where e.transaction_key = t.key), 1, 0, 0
       from private.ledger_transactions t
       where t.booked_at >= $3::timestamptz and t.booked_at < $4::timestamptz and split_part(t.key, ':', 1) = $1
         and ${isUnlisted}
       union all
       select kind, currency, 0, 0, 0, 0 from private.daily_totals where provider = $1 and day = $2::date
     )
     insert into private.daily_totals (provider, day, currency, kind, ours_minor, theirs_minor, ours_count, theirs_count,
       compared_at)
     select $1, $2::date, currency, kind, sum(ours), sum(theirs), sum(ours_count), sum(theirs_count), $5::timestamptz
     from sides group by currency, kind
     on conflict (provider, day, currency, kind) do update
     set ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor, ours_count = excluded.ours_count,
         theirs_count = excluded.theirs_count, compared_at = excluded.compared_at`,
    [provider, day, new Date(from).toISOString(), new Date(until).toISOString(), new Date(now).toISOString()],
  );
};
