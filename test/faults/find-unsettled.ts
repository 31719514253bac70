import type { OwnerDatabase } from './owner-database';

/**
 * What still waits for an outcome: calls of ours, reports set aside, refunds on their way. In the end there must be none;
 * payments that nobody paid may stay open.
 */
export const findUnsettled = async (db: OwnerDatabase): Promise<readonly string[]> => {
  const rows = await db.query<{ readonly what: string }>(
    `select format('call %s of payment %s: %s, %s', key, payment_id, c.state, coalesce(c.error_code, 'no error')) as what
     from private.provider_calls c join public.payments p on p.id = c.payment_id
     where c.state in ('intended', 'unknown')
       -- The facts may be faster than the call that made them; and the capture of an order that nobody approved waits for
       -- its approval, as the payment does.
       and not (operation = 'create' and (p.provider_ref is not null or p.status in ('canceled', 'expired')))
       and not (operation = 'capture' and (p.captured_minor > 0 or p.status in
                ('created', 'requires_action', 'requires_confirmation', 'canceled', 'expired')))
     union all
     select format('%s %s of payment %s: %s, %s', event_type, event_id, payment_id, outcome, reason)
     from private.inbox where outcome in ('held', 'review')
     union all
     select format('refund %s of payment %s: pending', f.object_id, f.payment_id)
     from private.payment_facts f
     where f.kind = 'refund' and f.status = 'pending'
       and not exists (select from private.payment_facts g where g.kind = 'refund' and g.provider = f.provider
                       and g.object_id = f.object_id and g.status <> 'pending')`,
  );
  return rows.map(({ what }) => what);
};
