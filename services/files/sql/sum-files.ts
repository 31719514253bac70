import type { Queryable } from '#shared/database/queryable';

/** What a user keeps: files of any status, and bytes of those that are not refused. */
export const sumFiles = async (
  db: Queryable,
  userId: string,
): Promise<{ readonly files: number; readonly bytes: number }> => {
  const { rows } = await db.query<{ readonly files: string; readonly bytes: string }>(
    `select count(*) as files, coalesce(sum(size_bytes), 0) as bytes from public.files where user_id = $1::uuid`,
    [userId],
  );
  return { files: Number(rows[0]?.files ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
};
