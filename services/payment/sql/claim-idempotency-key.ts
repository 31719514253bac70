import type { Queryable } from '#shared/database/queryable';
import type { IdempotencyRecord } from '../domain/idempotency';

export interface IdempotencyClaim {
  readonly userId: string;
  /** The route's id: the same key may be used on another route. */
  readonly route: string;
  readonly key: string;
  readonly requestHash: string;
  readonly resourceId: string;
}

/** Claims a key; null when it is ours now, else what the earlier request left. */
export const claimIdempotencyKey = async (
  db: Queryable,
  claim: IdempotencyClaim,
): Promise<IdempotencyRecord | null> => {
  const { rowCount } = await db.query(
    `insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id)
     values ($1::uuid, $2, $3, $4, $5::uuid)
     on conflict (user_id, route, key) do nothing`,
    [claim.userId, claim.route, claim.key, claim.requestHash, claim.resourceId],
  );
  return rowCount === 1 ? null : findIdempotencyKey(db, claim);
};

/** What a key stands for; null when nobody used it. */
export const findIdempotencyKey = async (
  db: Queryable,
  { userId, route, key }: Pick<IdempotencyClaim, 'userId' | 'route' | 'key'>,
): Promise<IdempotencyRecord | null> => {
  const { rows } = await db.query<{
    readonly request_hash: string;
    readonly resource_id: string;
    readonly state: 'in_flight' | 'done';
    readonly response: string | null;
    readonly claimed_at: Date;
  }>(
    `select request_hash, resource_id, state, response, claimed_at
     from private.idempotency_keys where user_id = $1::uuid and route = $2 and key = $3`,
    [userId, route, key],
  );
  const row = rows[0];
  return row === undefined
    ? null
    : {
        requestHash: row.request_hash,
        resourceId: row.resource_id,
        state: row.state,
        response: row.response,
        claimedAt: row.claimed_at.getTime(),
      };
};
