import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** An event that waited: for its payment, or for another event that explains it. */
export interface HeldEvent {
  readonly provider: Provider;
  readonly eventId: string;
  readonly eventType: string;
  readonly providerRef: string;
  readonly mode: 'live' | 'test';
  readonly account: string | null;
  readonly transmissionId: string | null;
  readonly sha256: string | null;
  readonly body: string;
  /** ISO 8601. */
  readonly receivedAt: string;
}

/**
 * Held webhooks whose payment exists by now, and those under review because they seemed to give back or take too much: that
 * may only have been because an earlier refund's return, or another report, was still on its way. Those tried least come first.
 */
export const listHeldEvents = async (db: Queryable, limit: number): Promise<readonly HeldEvent[]> => {
  const { rows } = await db.query<{
    readonly provider: Provider;
    readonly event_id: string;
    readonly event_type: string;
    readonly provider_ref: string;
    readonly mode: 'live' | 'test';
    readonly account: string | null;
    readonly transmission_id: string | null;
    readonly sha256: string | null;
    readonly body: string;
    readonly received_at: Date;
  }>(
    `select i.provider, i.event_id, i.event_type, i.provider_ref, i.mode, i.account, i.transmission_id, i.sha256, i.body,
            i.received_at
     from private.inbox i
     join public.payments p on p.provider = i.provider and p.provider_ref = i.provider_ref
     where i.source in ('webhook', 'events')
       and (i.outcome = 'held'
            or (i.outcome = 'review' and i.reason in ('refunded_more_than_captured', 'captured_more_than_asked')))
     order by i.attempts, i.received_at
     limit $1::int`,
    [limit],
  );
  return rows.map((row) => ({
    provider: row.provider,
    eventId: row.event_id,
    eventType: row.event_type,
    providerRef: row.provider_ref,
    mode: row.mode,
    account: row.account,
    transmissionId: row.transmission_id,
    sha256: row.sha256,
    body: row.body,
    receivedAt: row.received_at.toISOString(),
  }));
};
