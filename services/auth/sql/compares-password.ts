import type { Queryable } from '#shared/database/queryable';

const TEXT = 'select private.compares_password($1) as compares';

/** Whether the identity provider would compare a password for this address (in lower case). */
export const comparesPassword = async (database: Queryable, email: string): Promise<boolean> => {
  const { rows } = await database.query<{ compares: boolean }>(TEXT, [email]);
  return rows[0]?.compares === true;
};
