import { isAppError } from '#shared/errors/app-error';
import { makePublishableClient } from '#shared/supabase/publishable-client';
import { makeUserClient } from '#shared/supabase/user-client';
import { DECOY_EMAIL } from '../domain/mail-order';
import type { IdentityProvider } from '../ports';
import { attempt } from './attempt';
import { accountOf, sessionOf, signedIn } from './read-auth-answer';
import type { Refusals } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';
import { fetchSupabaseSettings } from './supabase-settings';

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

const SET_PASSWORD: Refusals = {
  byCode: {
    weak_password: 'password_rejected',
    same_password: 'password_rejected',
    insufficient_aal: 'second_factor_required',
    // With secure_password_change, of a session of more than a day.
    reauthentication_needed: 'forbidden',
    current_password_required: 'credentials_invalid',
    current_password_mismatch: 'credentials_invalid',
  },
  otherwise: 'session_ended',
};

/** Of a sign-up in the name of an account that exists, only what is said of its password matters. */
const JUDGE: Refusals = { byCode: { weak_password: 'password_rejected' }, otherwise: 'conflict' };

type Passwords = Pick<
  IdentityProvider,
  'signUp' | 'signIn' | 'refresh' | 'setPassword' | 'judgePassword' | 'confirmsAddresses'
>;

/** Milliseconds for which a project's settings are believed. */
const SETTINGS_MS = 5 * 60_000;

/** Accounts with passwords, and the sessions they open. */
export const makeSupabasePasswords = ({ project, publishableKey }: SupabaseParts): Passwords => ({
  confirmsAddresses: keptFor(
    SETTINGS_MS,
    async () => (await fetchSupabaseSettings({ project, publishableKey })).confirmsAddresses,
  ),

  // Supabase Auth judges a password before it looks for an account, and changes nothing about one that exists.
  judgePassword: async (password) => {
    try {
      await attempt(JUDGE, async () => {
        const { auth } = await makePublishableClient(project, publishableKey);
        const { error } = await auth.signUp({ email: DECOY_EMAIL, password });
        if (error !== null) throw error;
      });
    } catch (error) {
      // That the account exists, and that mails to it are too many, is said of the one that stands in.
      if (!isAppError(error, 'conflict') && !isAppError(error, 'rate_limited')) throw error;
    }
  },

  signUp: ({ email, password, metadata }) =>
    attempt(SIGN_UP, async () => {
      const { auth } = await makePublishableClient(project, publishableKey);
      const { data, error } = await auth.signUp({ email, password, options: { data: { ...metadata } } });
      if (error !== null) throw error;
      return {
        account: accountOf(data.user),
        session: data.session === null ? null : sessionOf(data.session),
      };
    }),

  signIn: ({ email, password }) =>
    attempt(SIGN_IN, async () => {
      const { auth } = await makePublishableClient(project, publishableKey);
      return signedIn(await auth.signInWithPassword({ email, password }));
    }),

  refresh: (refreshToken) =>
    attempt(REFRESH, async () => {
      const { auth } = await makePublishableClient(project, publishableKey);
      return signedIn(await auth.refreshSession({ refresh_token: refreshToken }));
    }),

  setPassword: ({ accessToken, password, currentPassword }) =>
    attempt(SET_PASSWORD, async () => {
      const { auth } = await makeUserClient(project, publishableKey, accessToken);
      const current = currentPassword === undefined ? {} : { current_password: currentPassword };
      const { error } = await auth.updateUser({ password, ...current });
      if (error !== null) throw error;
    }),
});

/** What an operation answered, for a while. Failures are not kept. */
const keptFor = <T>(ms: number, ask: () => Promise<T>): (() => Promise<T>) => {
  let kept: { readonly value: T; readonly until: number } | null = null;
  return async () => {
    if (kept === null || performance.now() >= kept.until) {
      kept = { value: await ask(), until: performance.now() + ms };
    }
    return kept.value;
  };
};
