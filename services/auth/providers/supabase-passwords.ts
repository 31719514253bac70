import { makePublishableClient } from '#shared/supabase/publishable-client';
import { makeUserClient } from '#shared/supabase/user-client';
import type { IdentityProvider } from '../ports';
import { attempt } from './attempt';
import { accountOf, sessionOf, signedIn } from './read-auth-answer';
import type { Refusals } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';

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
  },
  otherwise: 'session_ended',
};

type Passwords = Pick<IdentityProvider, 'signUp' | 'signIn' | 'refresh' | 'setPassword'>;

/** Accounts with passwords, and the sessions they open. */
export const makeSupabasePasswords = ({ project, publishableKey }: SupabaseParts): Passwords => ({
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

  setPassword: ({ accessToken, password }) =>
    attempt(SET_PASSWORD, async () => {
      const { auth } = await makeUserClient(project, publishableKey, accessToken);
      const { error } = await auth.updateUser({ password });
      if (error !== null) throw error;
    }),
});
