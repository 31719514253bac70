import type { Queryable } from '#shared/database/queryable';

/** The cheapest statement there is. */
export const ping = async (database: Queryable): Promise<void> => {
  await database.query('select 1');
};
