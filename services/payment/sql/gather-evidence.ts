import type { Queryable } from '#shared/database/queryable';
import type { Provider } from '../domain/provider-scale';

/** What to gather evidence about. */
export interface EvidenceQuestion {
  readonly key: string;
  readonly provider: Provider;
  readonly paymentId: string | null;
  readonly providerRef: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface GatheredEvidence {
  readonly hasHeldEvent: boolean;
  readonly hasEventUnderReview: boolean;
  readonly hasUnsettledCall: boolean;
  readonly hasEventSince: boolean;
}

/** What inbox and calls know about each; by key. */
export const gatherEvidence = async (
  db: Queryable,
  questions: readonly EvidenceQuestion[],
): Promise<ReadonlyMap<string, GatheredEvidence>> => {
  const { rows } = await db.query<{
    readonly key: string;
    readonly held: boolean;
    readonly review: boolean;
    readonly unsettled: boolean;
    readonly since: boolean;
  }>(
    `select q.key,
       exists (select from private.inbox i
               where i.outcome = 'held' and i.provider = q.provider and i.provider_ref = q.provider_ref) as held,
       exists (select from private.inbox i where i.outcome = 'review' and i.payment_id = q.payment_id) as review,
       exists (select from private.provider_calls c
               where c.payment_id = q.payment_id and c.state in ('intended', 'unknown')) as unsettled,
       -- Times of providers have a grain of a second.
       exists (select from private.inbox i
               where i.payment_id = q.payment_id and i.source in ('webhook', 'events')
                 and i.received_at >= q.at - interval '1 second') as since
     from json_to_recordset($1::json) as q(key text, provider text, payment_id uuid, provider_ref text, at timestamptz)`,
    [
      JSON.stringify(
        questions.map(({ key, provider, paymentId, providerRef, at }) => ({
          key,
          provider,
          payment_id: paymentId,
          provider_ref: providerRef,
          at: new Date(at).toISOString(),
        })),
      ),
    ],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        hasHeldEvent: row.held,
        hasEventUnderReview: row.review,
        hasUnsettledCall: row.unsettled,
        hasEventSince: row.since,
      },
    ]),
  );
};
