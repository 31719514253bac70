import { createHash, randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import type { Queryable } from '#shared/database/queryable';
import { AppError } from '#shared/errors/app-error';
import type { Account, IdentityProvider, ProviderSession, SignedIn } from '../../services/auth/ports';

/** The one password that the provider finds too well known. */
export const LEAKED_PASSWORD = 'password of many';

export const FAKE_JWT_SECRET = 'the-shared-secret-of-the-fake-identity-provider';

const TOKEN_LIFE_SECONDS = 3_600;

interface FakeAccount extends Account {
  email: string;
  password: string;
  confirmed: boolean;
}

export interface FakeIdentityOptions {
  /** A connection that may write auth.users and auth.sessions, as Supabase Auth does. */
  readonly admin: Queryable;
  readonly confirmEmails?: boolean;
}

/** Supabase Auth as far as our port knows it: accounts and sessions really stand in Postgres, mails are kept. */
export interface FakeIdentity extends IdentityProvider {
  /** Codes that mails would have brought, by address. */
  readonly mailed: Map<string, string>;
  /** Codes that the other site's sign-in would have ended with: who signs in, and the challenge that was asked with. */
  readonly socialCodes: Map<string, { readonly email: string; readonly codeChallenge: string }>;
  /** Every operation from now on fails as if nobody answered. */
  breakDown: () => void;
}

export const makeFakeIdentity = ({ admin, confirmEmails = false }: FakeIdentityOptions): FakeIdentity => {
  const accounts = new Map<string, FakeAccount>();
  const refreshTokens = new Map<string, { account: FakeAccount; sessionId: string }>();
  const mailed = new Map<string, string>();
  const socialCodes: FakeIdentity['socialCodes'] = new Map();
  const newAddresses = new Map<string, FakeAccount>();
  let broken = false;

  const up = (): void => {
    if (broken) throw new AppError('identity_unavailable');
  };

  const tokensFor = async (account: FakeAccount, sessionId: string): Promise<ProviderSession> => {
    const expiresAt = Math.floor(Date.now() / 1_000) + TOKEN_LIFE_SECONDS;
    const accessToken = await new SignJWT({
      role: 'authenticated',
      email: account.email,
      session_id: sessionId,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(account.id)
      .setAudience('authenticated')
      .setExpirationTime(expiresAt)
      .sign(Buffer.from(FAKE_JWT_SECRET));
    const refreshToken = randomUUID();
    refreshTokens.set(refreshToken, { account, sessionId });
    return {
      id: sessionId,
      accessToken,
      refreshToken,
      tokenType: 'bearer',
      expiresIn: TOKEN_LIFE_SECONDS,
      expiresAt,
    };
  };

  const open = async (account: FakeAccount): Promise<SignedIn> => {
    const sessionId = randomUUID();
    await admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [sessionId, account.id]);
    return { account, session: await tokensFor(account, sessionId) };
  };

  const sessionExists = async (sessionId: string): Promise<boolean> =>
    (await admin.query('select 1 from auth.sessions where id = $1', [sessionId])).rows.length > 0;

  const hasPassword = async (id: string): Promise<boolean> =>
    (await admin.query("select 1 from auth.users where id = $1 and encrypted_password <> ''", [id])).rows
      .length > 0;

  const mail = (email: string): void => {
    mailed.set(email, String(Math.floor(100_000 + Math.random() * 900_000)));
  };

  const ownerOf = async (accessToken: string): Promise<FakeAccount> => {
    const { sub, session_id: sessionId } = decodeJwt<{ session_id: string }>(accessToken);
    const account = [...accounts.values()].find(({ id }) => id === sub);
    if (account === undefined || !(await sessionExists(sessionId))) throw new AppError('session_ended');
    return account;
  };

  const noFactors = async (): Promise<never> => {
    throw new AppError('not_supported');
  };

  return {
    confirmsAddresses: async () => {
      up();
      return confirmEmails;
    },
    judgePassword: async (password) => {
      up();
      if (password === LEAKED_PASSWORD) throw new AppError('password_rejected');
    },
    mailed,
    socialCodes,
    breakDown: () => {
      broken = true;
    },
    signUp: async ({ email, password, metadata }) => {
      up();
      if (accounts.has(email)) {
        if (!confirmEmails) throw new AppError('email_rejected');
        return { account: { id: randomUUID(), email, metadata }, session: null };
      }
      const account: FakeAccount = { id: randomUUID(), email, metadata, password, confirmed: !confirmEmails };
      accounts.set(email, account);
      await admin.query(
        `insert into auth.users (id, email, raw_user_meta_data, encrypted_password, email_confirmed_at)
         values ($1, $2, $3, 'a hash', $4)`,
        [account.id, email, JSON.stringify(metadata), account.confirmed ? new Date() : null],
      );
      if (!confirmEmails) return open(account);
      mail(email);
      return { account, session: null };
    },
    signIn: async ({ email, password }) => {
      up();
      const account = accounts.get(email);
      if (account === undefined || account.password !== password || !account.confirmed) {
        throw new AppError('credentials_invalid');
      }
      if (!(await hasPassword(account.id))) throw new AppError('credentials_invalid');
      return open(account);
    },
    refresh: async (refreshToken) => {
      up();
      const held = refreshTokens.get(refreshToken);
      refreshTokens.delete(refreshToken);
      if (held === undefined || !(await sessionExists(held.sessionId))) throw new AppError('session_ended');
      return { account: held.account, session: await tokensFor(held.account, held.sessionId) };
    },
    sendRecovery: async (email) => {
      up();
      if (accounts.has(email)) mail(email);
    },
    setPassword: async ({ accessToken, password }) => {
      up();
      const { sub, session_id: sessionId } = decodeJwt<{ session_id: string }>(accessToken);
      if (!(await sessionExists(sessionId))) throw new AppError('session_ended');
      const { rows } = await admin.query(
        "select from auth.sessions where id = $1 and created_at > now() - interval '1 day'",
        [sessionId],
      );
      if (rows.length === 0) throw new AppError('forbidden');
      for (const account of accounts.values()) if (account.id === sub) account.password = password;
      await admin.query('delete from auth.sessions where user_id = $1 and id <> $2', [sub, sessionId]);
      await admin.query("update auth.users set encrypted_password = 'a hash' where id = $1", [sub]);
    },
    resendConfirmation: async (email) => {
      up();
      if (accounts.get(email)?.confirmed === false) mail(email);
    },
    sendMagicLink: async ({ email }) => {
      up();
      if (accounts.has(email)) mail(email);
    },
    changeEmail: async ({ accessToken, email }) => {
      up();
      const account = await ownerOf(accessToken);
      if (accounts.has(email)) return;
      newAddresses.set(email, account);
      mail(email);
    },
    socialSignInUrl: async ({ provider, callbackUrl, codeChallenge }) => {
      up();
      if (provider !== 'github') throw new AppError('not_supported');
      return `https://supabase.test/authorize?${new URLSearchParams({ callbackUrl, codeChallenge })}`;
    },
    redeemCode: async ({ code, verifier }) => {
      up();
      const issued = socialCodes.get(code);
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const account = issued?.codeChallenge === challenge ? accounts.get(issued.email) : undefined;
      if (account === undefined) throw new AppError('verification_invalid');
      socialCodes.delete(code);
      return open(account);
    },
    listFactors: async () => [],
    enrolFactor: noFactors,
    challengeFactor: noFactors,
    verifyFactor: noFactors,
    removeFactor: noFactors,
    verify: async (proof) => {
      up();
      const email = 'email' in proof ? proof.email : '';
      const account = proof.type === 'email_change' ? newAddresses.get(email) : accounts.get(email);
      const code = mailed.get(email);
      if (account === undefined || !('token' in proof) || code !== proof.token) {
        throw new AppError('verification_invalid');
      }
      mailed.delete(email);
      account.confirmed = true;
      await admin.query('update auth.users set email_confirmed_at = now() where id = $1', [account.id]);
      if (proof.type === 'email_change') {
        newAddresses.delete(email);
        accounts.delete(account.email);
        account.email = email;
        accounts.set(email, account);
        await admin.query('update auth.users set email = $2 where id = $1', [account.id, email]);
      }
      return open(account);
    },
  };
};
