import type { Queryable } from '#shared/database/queryable';

/**
 * Forgets uploads that nobody completed within a day, and refused files after thirty, the oldest first; says how many. Their
 * objects go as strays.
 */
export const forgetFiles = async (db: Queryable, most: number): Promise<number> => {
  const { rowCount } = await db.query(
    `delete from public.files where id in (
       select id from public.files
       where (status = 'pending' and created_at < now() - interval '1 day')
          or (status = 'refused' and created_at < now() - interval '30 days')
       order by created_at
       limit $1::integer)`,
    [most],
  );
  return rowCount ?? 0;
};

/** Deletes accepted files whose object has been gone for an hour; says how many. */
export const forgetLostFiles = async (db: Queryable, most: number): Promise<number> => {
  const { rowCount } = await db.query(
    `delete from public.files
     where id in (select private.files_without_object(now() - interval '1 hour', $1::integer))`,
    [most],
  );
  return rowCount ?? 0;
};
