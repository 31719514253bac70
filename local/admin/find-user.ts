import type { Client } from 'pg';

/**
 * The id of the account that has an address.
 *
 * @throws Error for an address that no account has, or more than one
 */
export const findUser = async (client: Client, email: string): Promise<string> => {
  const { rows } = await client.query<{ id: string }>(
    'select id from auth.users where email = lower($1) and deleted_at is null',
    [email],
  );
  if (rows.length > 1) throw new Error(`${rows.length} accounts have the address ${email}.`);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`No account has the address ${email}. It must sign up first.`);
  return id;
};
