import { Client } from 'pg';
import { LOCAL_USERS } from './local-keys';

/**
 * Signs the demo user and the admin up through the product's own API, so that they are like everyone
 * else, and grants the admin the role. Does nothing for users who exist.
 *
 * @returns the addresses that were signed up
 */
export async function seedUsers(gatewayUrl: string, superuserUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const made: string[] = [];
    for (const user of Object.values(LOCAL_USERS)) {
      const known = await client.query('select from auth.users where email = $1', [user.email]);
      if (known.rowCount) continue;
      const response = await fetch(`${gatewayUrl}/api/auth/signup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(user),
      });
      if (!response.ok)
        throw new Error(`sign-up of ${user.email}: ${response.status} ${await response.text()}`);
      made.push(user.email);
    }
    await grantAdmin(client);
    return made;
  } finally {
    await client.end();
  }
}

async function grantAdmin(client: Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('private.roles') is not null as exists`,
  );
  if (!rows[0]?.exists) return;
  await client.query(
    `insert into private.roles (user_id, role)
     select id, 'admin' from auth.users where email = $1
     on conflict do nothing`,
    [LOCAL_USERS.admin.email],
  );
}
