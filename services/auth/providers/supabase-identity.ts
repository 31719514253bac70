import type { Session, SupabaseClient, User } from '@supabase/supabase-js';
import { decodeJwt } from 'jose';
import { AppError } from '#shared/errors/app-error';
import { describeError, type Log } from '#shared/observability/logger';
import type { SupabaseProject } from '#shared/supabase/client-options';
import { makePublishableClient } from '#shared/supabase/publishable-client';
import { makeUserClient } from '#shared/supabase/user-client';
import type { Account, IdentityProvider, ProviderSession, SignedIn } from '../ports';
import { isOurTrouble, type Refusals, readAuthFailure, toAppError } from './supabase-error';

export interface SupabaseIdentityOptions {
  readonly url: string;
  readonly publishableKey: string;
  readonly log: Pick<Log, 'warn'>;
}

/** For one request, and for all that one operation makes of them: supabase-js repeats a refresh for half a minute. */
const REQUEST_TIMEOUT_MS = 8_000;
const OPERATION_TIMEOUT_MS = 10_000;

const SIGN_UP: Refusals = {
  byCode: {
    weak_password: 'password_rejected',
    user_already_exists: 'email_rejected',
    email_exists: 'email_rejected',
    email_address_invalid: 'email_rejected',
    email_address_not_authorized: 'email_rejected',
    signup_disabled: 'email_rejected',
    validation_failed: 'email_rejected',
  },
  otherwise: 'identity_unavailable',
};

// One answer for wrong passwords, absent, unconfirmed and banned accounts.
const SIGN_IN: Refusals = { byCode: {}, otherwise: 'credentials_invalid' };

const REFRESH: Refusals = { byCode: {}, otherwise: 'session_ended' };

const RECOVERY: Refusals = { byCode: {}, otherwise: 'identity_unavailable' };

const SET_PASSWORD: Refusals = {
  byCode: {
    weak_password: 'password_rejected',
    same_password: 'password_rejected',
    insufficient_aal: 'second_factor_required',
  },
  otherwise: 'session_ended',
};

const VERIFY: Refusals = { byCode: {}, otherwise: 'verification_invalid' };

/** Supabase Auth through supabase-js. A client for each operation, so that no session reaches the next one. */
export const makeSupabaseIdentity = ({
  url,
  publishableKey,
  log,
}: SupabaseIdentityOptions): IdentityProvider => {
  const project: SupabaseProject = { url, timeoutMs: REQUEST_TIMEOUT_MS };
  const publishable = (): Promise<SupabaseClient> => makePublishableClient(project, publishableKey);

  return {
    signUp: ({ email, password, metadata }) =>
      attempt(SIGN_UP, async () => {
        const { auth } = await publishable();
        const { data, error } = await auth.signUp({ email, password, options: { data: { ...metadata } } });
        if (error !== null) throw error;
        return {
          account: accountOf(data.user),
          session: data.session === null ? null : sessionOf(data.session),
        };
      }),

    signIn: ({ email, password }) =>
      attempt(SIGN_IN, async () => {
        const { auth } = await publishable();
        return signedIn(await auth.signInWithPassword({ email, password }));
      }),

    refresh: (refreshToken) =>
      attempt(REFRESH, async () => {
        const { auth } = await publishable();
        return signedIn(await auth.refreshSession({ refresh_token: refreshToken }));
      }),

    sendRecovery: (email) =>
      attempt(RECOVERY, async () => {
        const { auth } = await publishable();
        const { error } = await auth.resetPasswordForEmail(email);
        if (error === null) return;
        const failure = readAuthFailure(error);
        // No answer, or our key refused, befalls every address alike. All else (the mail server fails, too many mails to
        // this address) befalls only addresses that have an account, so the caller must not see it.
        if (isOurTrouble(failure) && (failure.status ?? 0) < 500) throw error;
        log.warn('recovery mail not sent', { status: failure.status, error: describeError(error) });
      }),

    setPassword: ({ accessToken, password }) =>
      attempt(SET_PASSWORD, async () => {
        const { auth } = await makeUserClient(project, publishableKey, accessToken);
        const { error } = await auth.updateUser({ password });
        if (error !== null) throw error;
      }),

    verify: (proof) =>
      attempt(VERIFY, async () => {
        const { auth } = await publishable();
        return signedIn(
          'tokenHash' in proof
            ? await auth.verifyOtp({ token_hash: proof.tokenHash, type: proof.type })
            : await auth.verifyOtp({ email: proof.email, token: proof.token, type: proof.type }),
        );
      }),
  };
};

const attempt = async <T>(refusals: Refusals, work: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unusable('took too long')), OPERATION_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw toAppError(error, refusals);
  } finally {
    clearTimeout(timer);
  }
};

const unusable = (how: string): AppError =>
  new AppError('identity_unavailable', { cause: new Error(`Supabase Auth ${how}`) });

interface AuthAnswer {
  readonly data: { readonly user: User | null; readonly session: Session | null };
  readonly error: Error | null;
}

const signedIn = ({ data, error }: AuthAnswer): SignedIn => {
  if (error !== null) throw error;
  if (data.session === null) throw unusable('answered without a session');
  return { account: accountOf(data.user ?? data.session.user), session: sessionOf(data.session) };
};

const accountOf = (user: User | null): Account => {
  if (user === null) throw unusable('answered without a user');
  return {
    id: user.id,
    email: user.email === undefined || user.email === '' ? null : user.email,
    metadata: user.user_metadata ?? {},
  };
};

const sessionOf = (session: Session): ProviderSession => {
  const { session_id: id } = decodeJwt(session.access_token);
  if (typeof id !== 'string') throw unusable('gave an access token that names no session');
  return {
    id,
    accessToken: session.access_token,
    refreshToken: session.refresh_token,
    tokenType: session.token_type,
    expiresIn: session.expires_in,
    expiresAt: session.expires_at ?? 0,
  };
};
