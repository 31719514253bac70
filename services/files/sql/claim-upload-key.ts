import type { Queryable } from '#shared/database/queryable';

export interface UploadKey {
  readonly userId: string;
  readonly key: string;
}

/** What a key stands for. */
export interface KeyedUpload {
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
  readonly fileId: string;
}

/**
 * Makes a key stand for a file; false when it stands for one already. Waits for another request with the same key to commit or
 * to fail.
 */
export const claimUploadKey = async (
  tx: Queryable,
  { userId, key, requestHash, fileId }: UploadKey & KeyedUpload,
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `insert into private.idempotency_keys (user_id, route, key, request_hash, resource_id)
     values ($1::uuid, 'create-upload', $2, $3, $4::uuid)
     on conflict (user_id, route, key) do nothing`,
    [userId, key, requestHash, fileId],
  );
  return rowCount === 1;
};

/** What a key stands for; null when nobody used it. */
export const findUploadKey = async (
  tx: Queryable,
  { userId, key }: UploadKey,
): Promise<KeyedUpload | null> => {
  const { rows } = await tx.query<KeyedUpload>(
    `select request_hash as "requestHash", resource_id as "fileId"
     from private.idempotency_keys where user_id = $1::uuid and route = 'create-upload' and key = $2`,
    [userId, key],
  );
  return rows[0] ?? null;
};
