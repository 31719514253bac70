import type { Queryable } from '#shared/database/queryable';

/** Sums up the next days of the house's figures that can change no more, some at a time; says how many, 0 when all are. */
export const closeSomeDays = async (db: Queryable): Promise<number> => {
  const { rows } = await db.query<{ readonly closed: number }>('select private.close_days() as closed');
  return rows[0]?.closed ?? 0;
};
