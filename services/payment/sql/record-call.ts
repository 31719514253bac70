import type { Queryable } from '#shared/database/queryable';
import type { CallOperation } from '../domain/call-horizon';
import type { Provider } from '../domain/provider-scale';

export interface CallFailure {
  readonly key: string;
  /** Refused for good or surely not made, or nobody knows. */
  readonly state: 'unknown' | 'failed';
  readonly errorCode: string;
}

/**
 * Notes that a provider call brought no result. A final outcome is never overwritten by a later doubt. Results are noted
 * together with the facts they bring: see applyReports.
 */
export const recordFailedCall = async (db: Queryable, failure: CallFailure): Promise<void> => {
  await db.query(
    `update private.provider_calls
     set state = $2, error_code = $3, attempts = attempts + 1, attempted_at = now()
     where key = $1 and state in ('intended', 'unknown')`,
    [failure.key, failure.state, failure.errorCode],
  );
};

/** What is about to be done to a payment. */
export interface CallIntention {
  readonly paymentId: string;
  readonly provider: Provider;
  readonly operation: Exclude<CallOperation, 'refund'>;
  /** What a repeat must send again. */
  readonly request?: Readonly<Record<string, string>>;
}

/** The call to make: the one intended now, or the one that was under way before. */
export interface IntendedCall {
  readonly key: string;
  /** Another than asked for where that one was first: see `intendCall`. */
  readonly operation: CallOperation;
  /** Why an earlier try has no outcome; null for a new call. */
  readonly errorCode: string | null;
  /** When it was first intended, milliseconds since 1970. */
  readonly createdAt: number;
  readonly isNew: boolean;
}

interface Row {
  readonly key: string;
  readonly operation: CallOperation;
  readonly error_code: string | null;
  readonly created_at: Date;
  readonly is_new: boolean;
}

const TRIES = 3;

/**
 * Writes the intention to create, capture or cancel and gives the key for it. The key stays the same until the provider has
 * refused for good, or has surely not done it; then a new try is a new call. A capture and a cancellation exclude each
 * other: whoever comes second gets the first one's call.
 */
export const intendCall = async (db: Queryable, intention: CallIntention): Promise<IntendedCall> => {
  const { paymentId, provider, operation, request = {} } = intention;
  const rivals = operation === 'create' ? ['create'] : ['capture', 'cancel'];
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { rows } = await db.query<Row>(
      `with next as (
         select concat_ws(':', $3::text, $1::text, case when $3 <> 'create' or count(*) > 0 then count(*) end) as key
         from private.provider_calls
         where payment_id = $1::uuid and operation = $3 and state = 'failed'
       ), intended as (
         insert into private.provider_calls (key, payment_id, provider, operation, request)
         select key, $1::uuid, $2, $3, $4::json from next
         on conflict do nothing
         returning key, operation, error_code, created_at
       )
       select key, operation, error_code, created_at, true as is_new from intended
       union all
       (select key, operation, error_code, created_at, false
        from private.provider_calls
        where payment_id = $1::uuid and operation = any($5::text[]) and state <> 'failed'
        order by state = 'succeeded', operation <> $3
        limit 1)`,
      [paymentId, provider, operation, JSON.stringify(request), rivals],
    );
    const row = rows.find(({ is_new: isNew }) => isNew) ?? rows[0];
    if (row !== undefined) return toCall(row);
    // Somebody else's was committed after this statement began to look; the next one sees it.
  }
  throw new Error(`no ${operation} could be intended`);
};

const toCall = (row: Row): IntendedCall => ({
  key: row.key,
  operation: row.operation,
  errorCode: row.error_code,
  createdAt: row.created_at.getTime(),
  isNew: row.is_new,
});
