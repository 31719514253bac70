import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { IdentityProvider, SignedIn } from '../../services/auth/ports';
import { makeFakeIdentity } from '../support/fake-identity';
import { accessTokenOf } from './people';

/** The password of everybody whom these tests make. */
export const PASSWORD = 'correct horse battery';

/** The authenticator app of a user, if it is theirs. */
export type Factors = Map<string, string>;

/**
 * An identity provider that knows every account in the database by one password, and second factors by their owner: an
 * access token reaches its own user's, as with Supabase.
 */
export const makeAnyIdentity = (admin: Queryable, factors: Factors): IdentityProvider => {
  const open = async (userId: string, email: string): Promise<SignedIn> => {
    const id = randomUUID();
    await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [id, userId]);
    const accessToken = await accessTokenOf(userId, id);
    const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;
    return {
      account: { id: userId, email, metadata: {} },
      session: {
        id,
        accessToken,
        refreshToken: randomUUID(),
        tokenType: 'bearer',
        expiresIn: 3_600,
        expiresAt,
      },
    };
  };
  const ownerOf = (accessToken: string, factorId?: string): string => {
    const { sub = '' } = decodeJwt(accessToken);
    if (factorId !== undefined && factors.get(factorId) !== sub) throw new AppError('not_found');
    return sub;
  };
  return {
    ...makeFakeIdentity({ admin }),
    signIn: async ({ email, password }) => {
      // The account that stands in where there is none has no profile, and a password that nobody knows.
      const text = 'select id from public.user_profiles where email = $1';
      const id = (await admin.query<{ id: string }>(text, [email])).rows[0]?.id;
      if (id === undefined || password !== PASSWORD) throw new AppError('credentials_invalid');
      return open(id, email);
    },
    setPassword: async () => undefined,
    changeEmail: async () => undefined,
    listFactors: async (accessToken) => {
      const own = [...factors].filter(([, userId]) => userId === ownerOf(accessToken));
      return own.map(([id]) => ({ id, name: null, verified: true, createdAt: new Date().toISOString() }));
    },
    enrolFactor: async () => {
      const id = randomUUID();
      return { id, qrCode: 'data:image/svg+xml,', secret: 'A', uri: 'otpauth://totp/A' };
    },
    challengeFactor: async ({ accessToken, factorId }) => {
      ownerOf(accessToken, factorId);
      return { id: randomUUID(), expiresAtMs: Date.now() + 60_000 };
    },
    verifyFactor: async ({ accessToken, factorId }) => {
      const userId = ownerOf(accessToken, factorId);
      return open(userId, `${userId}@example.test`);
    },
    removeFactor: async ({ accessToken, factorId }) => {
      ownerOf(accessToken, factorId);
    },
  };
};
