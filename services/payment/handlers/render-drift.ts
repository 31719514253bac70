import type { OutputOf } from '#shared/kernel/route';
import type { paymentContract } from '../contract';
import type { Drift } from '../domain/drift-report';

export type DriftBody = OutputOf<(typeof paymentContract)['repairDrift']['success']['body']>['drift'];

/** A difference in the words of the contract. `now`: milliseconds since 1970. */
export const renderDrift = (drift: Drift, now: number): DriftBody => ({
  id: drift.id,
  provider: drift.provider,
  kind: drift.kind,
  object_id: drift.objectId,
  payment_id: drift.paymentId,
  provider_ref: drift.providerRef,
  difference: drift.difference,
  field: drift.field,
  ours: drift.ours,
  theirs: drift.theirs,
  cause: drift.cause,
  day: drift.day,
  first_seen: drift.firstSeen.toISOString(),
  last_seen: drift.lastSeen.toISOString(),
  resolved_at: drift.resolvedAt?.toISOString() ?? null,
  age_seconds: Math.floor(((drift.resolvedAt?.getTime() ?? now) - drift.firstSeen.getTime()) / 1000),
});
