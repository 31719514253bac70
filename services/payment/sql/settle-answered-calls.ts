import type { Queryable } from '#shared/database/queryable';

/**
 * Settles calls whose outcome has become known by other ways than their own answer: a creation whose intent or order we know,
 * a capture or cancellation of a payment that has a capture or was canceled, and any of a payment that expired without.
 * Refunds are told apart by the key that they carry, and are settled with the report that shows them. Gives how many.
 */
export const settleAnsweredCalls = async (db: Queryable): Promise<number> => {
  const { rowCount } = await db.query(
    `with answered as (
       select c.key, case c.operation when 'create' then p.provider_ref else f.object_id end as result_ref,
              coalesce(f.kind = 'expiry', false) and (c.operation <> 'create' or p.provider_ref is null) as is_expired
       from private.provider_calls c
       join public.payments p on p.id = c.payment_id
       left join lateral (
         select kind, object_id from private.payment_facts
         where payment_id = c.payment_id and kind in ('capture', 'cancellation', 'expiry')
         order by kind, object_id limit 1
       ) f on true
       where c.state in ('intended', 'unknown') and c.operation in ('create', 'capture', 'cancel')
         and (case c.operation when 'create' then p.provider_ref end is not null or f.kind is not null)
       order by c.key
       for no key update of c skip locked
     )
     update private.provider_calls c
     set state = case when a.is_expired then 'failed' else 'succeeded' end,
         result_ref = case when not a.is_expired then a.result_ref end,
         error_code = case when a.is_expired then 'not_made' end,
         attempted_at = now()
     from answered a where c.key = a.key`,
  );
  return rowCount ?? 0;
};
