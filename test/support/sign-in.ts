import { randomUUID } from 'node:crypto';
import type { Queryable } from '#shared/database/queryable';
import { hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { insertUser } from './payment-rows';

/** Somebody with a living session. */
export interface SignedInUser {
  readonly userId: string;
  readonly headers: { readonly Authorization: string };
}

/** A user with a session of ours on a session of Supabase Auth, as sign-in leaves them; `admin` may write all tables. */
export const signIn = async (
  admin: Queryable,
  role: 'user' | 'support' | 'admin' = 'user',
): Promise<SignedInUser> => {
  const userId = await insertUser(admin);
  const supabaseSessionId = randomUUID();
  const token = makeSessionToken();
  await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [supabaseSessionId, userId]);
  await admin.query(
    `insert into private.sessions (user_id, token_hash, supabase_session_id, opened_by, idle_expires_at, absolute_expires_at)
     values ($1, $2, $3, 'password', now() + interval '1 day', now() + interval '2 days')`,
    [userId, hashSessionToken(token), supabaseSessionId],
  );
  if (role !== 'user') {
    await admin.query('insert into private.roles (user_id, role) values ($1, $2)', [userId, role]);
  }
  return { userId, headers: { Authorization: `Bearer ${token}` } };
};
