import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** What an address may be. */
export const CLASSES = ['existing', 'absent', 'unconfirmed', 'banned'] as const;

export type AccountClass = (typeof CLASSES)[number];

export const PASSWORD = 'the password of everybody here';

export type Addresses = Readonly<Record<AccountClass, readonly string[]>>;

/** Accounts as Supabase Auth leaves them; all with the hash of one password, which took 60 ms to make once. */
const INSERT = `
  insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at, confirmation_sent_at, banned_until,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
  select gen_random_uuid(), 'authenticated', 'authenticated', email, $2,
    case when $3 = 'unconfirmed' then null else now() end, now() - interval '1 day',
    case when $3 = 'banned' then now() + interval '1 year' end,
    '{"provider":"email","providers":["email"]}', '{"name":"Ada"}', now(), now()
  from unnest($1::text[]) as email`;

const IDENTITIES = `
  insert into auth.identities (id, provider, provider_id, user_id, identity_data)
  select gen_random_uuid(), 'email', id::text, id, json_build_object('sub', id, 'email', email)
  from auth.users where email = any($1)`;

/** So many addresses of each class, all equally long and in no order; none is ever asked about twice on one route. */
export const makeAccounts = async (db: Client, hash: string, count: number): Promise<Addresses> => {
  const made: Record<AccountClass, string[]> = { existing: [], absent: [], unconfirmed: [], banned: [] };
  for (const name of CLASSES) {
    made[name] = Array.from({ length: count }, () => `${randomBytes(8).toString('hex')}@timing.test`);
    if (name === 'absent') continue;
    await db.query(INSERT, [made[name], hash, name]);
    await db.query(IDENTITIES, [made[name]]);
  }
  await db.query('analyze auth.users');
  return made;
};
