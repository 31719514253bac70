import type { Queryable } from '#shared/database/queryable';
import type { Difference } from '../domain/drift';
import type { DriftCause } from '../domain/drift-cause';
import type { Provider } from '../domain/provider-scale';

/** A difference with what is known about it. */
export interface FoundDrift extends Difference {
  readonly provider: Provider;
  readonly paymentId: string | null;
  readonly providerRef: string | null;
  readonly cause: DriftCause;
  /** When it was moved, or else when it was booked; milliseconds since 1970. */
  readonly at: number;
}

/**
 * Writes what a comparison of the entries `examined` found: open rows of theirs that it did not find again are resolved, the
 * others are seen again, new ones are opened. One statement; `now` in milliseconds since 1970.
 */
export const recordDrift = async (
  db: Queryable,
  examined: readonly string[],
  found: readonly FoundDrift[],
  now: number,
): Promise<void> => {
  await db.query(
    `with found as (
       select * from json_to_recordset($2::json) as t(
         provider text, key text, kind text, object_id text, payment_id uuid, provider_ref text, difference text, field text,
         ours text, theirs text, cause text, day date)
     ), resolved as (
       update private.drift d set resolved_at = $3::timestamptz
       where d.resolved_at is null and d.key = any($1::text[])
         and not exists (select from found f where f.key = d.key and f.difference = d.difference and f.field = d.field)
     )
     insert into private.drift (provider, key, kind, object_id, payment_id, provider_ref, difference, field, ours, theirs,
       cause, day, first_seen, last_seen)
     select f.provider, f.key, f.kind, f.object_id, f.payment_id, f.provider_ref, f.difference, f.field, f.ours, f.theirs,
       f.cause, f.day, $3::timestamptz, $3::timestamptz
     from found f
     order by f.key
     on conflict (key, difference, field) where resolved_at is null do update
     set payment_id = excluded.payment_id, provider_ref = excluded.provider_ref, ours = excluded.ours,
         theirs = excluded.theirs, cause = excluded.cause, last_seen = excluded.last_seen`,
    [examined, JSON.stringify(found.map(rowOf)), new Date(now).toISOString()],
  );
};

const rowOf = (drift: FoundDrift) => ({
  provider: drift.provider,
  key: drift.key,
  kind: drift.books,
  object_id: drift.objectId,
  payment_id: drift.paymentId,
  provider_ref: drift.providerRef,
  difference: drift.difference,
  field: drift.field,
  ours: drift.ours,
  theirs: drift.theirs,
  cause: drift.cause,
  day: new Date(drift.at).toISOString().slice(0, 10),
});
