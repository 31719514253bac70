import type { Queryable } from '#shared/database/queryable';

/** Objects older than a day that no file stands for: so many of quarantine, and so many of the other buckets. */
export const listStrayObjects = async (
  db: Queryable,
  most: number,
): Promise<readonly { readonly bucket: string; readonly key: string }[]> => {
  const { rows } = await db.query<{ readonly bucket: string; readonly key: string }>(
    `select bucket, key from private.stray_objects(now() - interval '1 day', $1::integer)`,
    [most],
  );
  return rows;
};
