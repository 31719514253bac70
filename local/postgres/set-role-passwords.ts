import { Client } from 'pg';
import { localPassword } from './start-postgres';

/** The login roles of the functions; migrations make them without a password. */
export const SERVICE_ROLES = [
  'tandem_auth',
  'tandem_payment',
  'tandem_reconcile',
  'tandem_health',
  'tandem_notification',
  'tandem_files',
] as const;

/** Lets every service role that exists log in with its local password. */
export async function setRolePasswords(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ rolname: string }>(
      'select rolname from pg_roles where rolname = any($1)',
      [SERVICE_ROLES],
    );
    for (const { rolname } of rows) {
      const password = client.escapeLiteral(localPassword(rolname));
      await client.query(`alter role ${client.escapeIdentifier(rolname)} password ${password}`);
    }
  } finally {
    await client.end();
  }
}
