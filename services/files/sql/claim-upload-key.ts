import type { Queryable } from '#shared/database/queryable';

export interface UploadKey {
  readonly userId: string;
  readonly key: string;
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
  /** The file that the key would stand for. */
  readonly fileId: string;
}

/**
 * Makes a key stand for a file; null when it does now, else what it stood for before. Waits for another request with the same
 * key to commit or to fail.
 */
export const claimUploadKey = async (
  tx: Queryable,
  { userId, key, requestHash, fileId }: UploadKey,
): Promise<{ readonly requestHash: string; readonly fileId: string } | null> => {
  const { rowCount } = await tx.query(
    `insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id)
     values ($1::uuid, 'create-upload', $2, $3, $4::uuid)
     on conflict (user_id, route, key) do nothing`,
    [userId, key, requestHash, fileId],
  );
  if (rowCount === 1) return null;
  const { rows } = await tx.query<{ readonly requestHash: string; readonly fileId: string }>(
    `select request_hash as "requestHash", resource_id as "fileId"
     from private.idempotency_keys where user_id = $1::uuid and route = 'create-upload' and key = $2`,
    [userId, key],
  );
  return rows[0] ?? null;
};
