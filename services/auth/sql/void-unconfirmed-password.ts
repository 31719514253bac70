import type { Queryable } from '#shared/database/queryable';

const TEXT = 'select private.void_unconfirmed_password($1)';

/** Takes the password of an account (address in lower case) that nobody has confirmed; nothing for any other. */
export const voidUnconfirmedPassword = async (database: Queryable, email: string): Promise<void> => {
  await database.query(TEXT, [email]);
};
