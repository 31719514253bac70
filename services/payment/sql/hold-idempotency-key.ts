import type { Queryable } from '#shared/database/queryable';
import type { IdempotencyClaim } from './claim-idempotency-key';

type Key = Pick<IdempotencyClaim, 'userId' | 'route' | 'key'>;

/** Takes over a claim whose process died; false when another request was faster. `claimedAt`: milliseconds, as read. */
export const takeOverIdempotencyKey = async (
  db: Queryable,
  key: Key,
  claimedAt: number,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update private.idempotency_keys set claimed_at = now()
     where user_id = $1::uuid and route = $2 and key = $3 and state = 'in_flight'
       and date_trunc('milliseconds', claimed_at) = $4::timestamptz`,
    [key.userId, key.route, key.key, new Date(claimedAt).toISOString()],
  );
  return rowCount === 1;
};

/** Gives a claim back after a failure, so that the client's retry goes on at once with the same resource. */
export const releaseIdempotencyKey = async (db: Queryable, key: Key): Promise<void> => {
  await db.query(
    `update private.idempotency_keys set claimed_at = 'epoch'
     where user_id = $1::uuid and route = $2 and key = $3 and state = 'in_flight'`,
    [key.userId, key.route, key.key],
  );
};

/**
 * Keeps the answer, to be repeated byte for byte. The first one stays, should a frozen process wake up with another: false
 * tells it so.
 */
export const finishIdempotencyKey = async (db: Queryable, key: Key, response: string): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update private.idempotency_keys set state = 'done', response = $4
     where user_id = $1::uuid and route = $2 and key = $3 and state = 'in_flight'`,
    [key.userId, key.route, key.key, response],
  );
  return rowCount === 1;
};
