import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

interface EventKey {
  readonly provider: Provider;
  readonly eventId: string;
}

/**
 * Marks reports under review as looked at, and takes the mark off their payments where no other report waits for a person. No
 * money follows. Gives the event ids that were under review. To be called in a transaction: it locks the payments first, as
 * the one writer does, so that no report is judged on what is being dismissed.
 */
export const dismissReviews = async (
  db: Queryable,
  events: readonly EventKey[],
): Promise<readonly string[]> => {
  const keys = [events.map(({ provider }) => provider), events.map(({ eventId }) => eventId)];
  await db.query(
    `select from public.payments
     where id in (select i.payment_id from private.inbox i
                  join unnest($1::text[], $2::text[]) as n(provider, event_id) using (provider, event_id))
     order by id
     for no key update`,
    keys,
  );
  // A statement of its own, so that it sees what the lock waited for.
  const { rows } = await db.query<{ readonly event_id: string }>(
    `with named as (
       select * from unnest($1::text[], $2::text[]) as t(provider, event_id)
     ), dismissed as (
       update private.inbox i set outcome = 'dismissed', processed_at = now()
       from named n
       where i.provider = n.provider and i.event_id = n.event_id and i.outcome = 'review'
       returning i.provider, i.event_id, i.payment_id
     ), marked as (
       update public.payments p
       set version = p.version + 1, review_reason = (
         select left_over.reason from private.inbox left_over
         where left_over.payment_id = p.id and left_over.outcome = 'review'
           and (left_over.provider, left_over.event_id) not in (select d.provider, d.event_id from dismissed d)
         order by left_over.event_id collate "C" limit 1)
       where p.id in (select payment_id from dismissed)
     )
     select event_id from dismissed`,
    keys,
  );
  return rows.map(({ event_id: eventId }) => eventId);
};
