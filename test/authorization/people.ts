import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Queryable } from '#shared/database/queryable';
import { SESSION_COOKIE } from '#shared/identity/session-cookie';
import { csrfTokenOf, hashSessionToken, makeSessionToken } from '#shared/identity/session-token';
import { FAKE_JWT_SECRET } from '../support/fake-identity';
import { SITE } from './every-service';

/** How somebody stands to us. Whoever is ended or banned is an admin, so that the role is no way around it. */
export const IDENTITIES = ['anonymous', 'user', 'support', 'admin', 'ended', 'banned'] as const;
export type IdentityName = (typeof IDENTITIES)[number];

/** What somebody sends to say who they are; all three name the same session. */
export const CREDENTIALS = ['opaque', 'access', 'cookie'] as const;
export type Credential = (typeof CREDENTIALS)[number];

export interface Person {
  readonly identity: IdentityName;
  readonly userId: string;
  readonly email: string;
  /** The session of the credentials. */
  readonly sessionId: string;
  readonly headersOf: (credential: Credential) => Readonly<Record<string, string>>;
}

/** Makes people with a session each, in four statements however many they are. */
export const makePeople = async (
  admin: Queryable,
  identities: readonly IdentityName[],
): Promise<readonly Person[]> => {
  const made = identities.map((identity) => ({
    identity,
    userId: randomUUID(),
    sessionId: randomUUID(),
    supabaseSessionId: randomUUID(),
    token: makeSessionToken(),
  }));
  const column = <K extends keyof (typeof made)[number]>(name: K) => made.map((one) => one[name]);
  const isAdmin = (identity: IdentityName) => ['admin', 'ended', 'banned'].includes(identity);
  const roles = made.map(({ identity }) =>
    isAdmin(identity) ? 'admin' : identity === 'support' ? 'support' : null,
  );
  const [users, supabaseSessions] = [column('userId'), column('supabaseSessionId')];
  await admin.query(
    `insert into auth.users (id, email, banned_until)
     select id, id || '@example.test', case when banned then now() + interval '1 hour' end
     from unnest($1::uuid[], $2::boolean[]) as t (id, banned)`,
    [users, made.map(({ identity }) => identity === 'banned')],
  );
  await admin.query(
    `insert into auth.sessions (id, user_id)
     select id, user_id from unnest($1::uuid[], $2::uuid[], $3::boolean[]) as t (id, user_id, ended) where not ended`,
    [supabaseSessions, users, made.map(({ identity }) => identity === 'ended')],
  );
  await admin.query(
    `insert into private.sessions (id, user_id, token_hash, supabase_session_id, opened_by, idle_expires_at,
       absolute_expires_at, ended_at, ended_because)
     select id, user_id, token_hash, supabase_id, 'password', now() + interval '1 day', now() + interval '2 days',
       case when ended then now() end, case when ended then 'signed_out' end
     from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::uuid[], $5::boolean[])
       as t (id, user_id, token_hash, supabase_id, ended)`,
    [
      column('sessionId'),
      users,
      made.map(({ token }) => hashSessionToken(token)),
      supabaseSessions,
      made.map(({ identity }) => identity === 'ended'),
    ],
  );
  await admin.query(
    `insert into private.roles (user_id, role)
     select id, role from unnest($1::uuid[], $2::text[]) as t (id, role) where role is not null`,
    [users, roles],
  );
  return Promise.all(
    made.map(async ({ identity, userId, sessionId, supabaseSessionId, token }) => {
      const access = await accessTokenOf(userId, supabaseSessionId);
      const headers: Readonly<Record<Credential, Readonly<Record<string, string>>>> = {
        opaque: { Authorization: `Bearer ${token}` },
        access: { Authorization: `Bearer ${access}` },
        cookie: { Cookie: `${SESSION_COOKIE}=${token}`, Origin: SITE, 'X-CSRF-Token': csrfTokenOf(token) },
      };
      return {
        identity,
        userId,
        sessionId,
        email: `${userId}@example.test`,
        headersOf: (credential) => (identity === 'anonymous' ? {} : headers[credential]),
      };
    }),
  );
};

/** An access token as Supabase signs it for a session. */
export const accessTokenOf = (userId: string, sessionId: string): Promise<string> =>
  new SignJWT({ role: 'authenticated', session_id: sessionId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience('authenticated')
    .setExpirationTime('1h')
    .sign(Buffer.from(FAKE_JWT_SECRET));
