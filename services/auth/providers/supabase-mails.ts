import type { SupabaseClient } from '@supabase/supabase-js';
import { describeError } from '#shared/observability/describe-error';
import { makePublishableClient } from '#shared/supabase/publishable-client';
import { makeUserClient } from '#shared/supabase/user-client';
import type { IdentityProvider } from '../ports';
import { attempt } from './attempt';
import { signedIn } from './read-auth-answer';
import { isOurTrouble, type Refusals, readAuthFailure } from './supabase-error';
import type { SupabaseParts } from './supabase-parts';

const SEND: Refusals = { byCode: {}, otherwise: 'identity_unavailable' };

const CHANGE_EMAIL: Refusals = {
  byCode: {
    email_address_invalid: 'email_rejected',
    email_address_not_authorized: 'email_rejected',
    validation_failed: 'email_rejected',
    insufficient_aal: 'second_factor_required',
  },
  otherwise: 'session_ended',
};

/** The new address has an account: its owner is not told on, and gets no mail. */
const TAKEN = new Set(['email_exists', 'user_already_exists']);

const VERIFY: Refusals = { byCode: {}, otherwise: 'verification_invalid' };

type Mails = Pick<
  IdentityProvider,
  'sendRecovery' | 'resendConfirmation' | 'sendMagicLink' | 'changeEmail' | 'verify'
>;

type Auth = SupabaseClient['auth'];

/** Mails that Supabase Auth sends, and what comes back of them. */
export const makeSupabaseMails = ({ project, publishableKey, log }: SupabaseParts): Mails => {
  const mail = (
    what: 'recovery' | 'confirmation' | 'magic link',
    send: (auth: Auth) => Promise<{ readonly error: Error | null }>,
  ): Promise<void> =>
    attempt(SEND, async () => {
      const { auth } = await makePublishableClient(project, publishableKey);
      const { error } = await send(auth);
      if (error === null) return;
      const failure = readAuthFailure(error);
      // Trying again later may help. All else (no such account, too many mails to this address) is the last word.
      if (isOurTrouble(failure)) throw error;
      log.warn(`${what} mail not sent`, { status: failure.status, error: describeError(error) });
    });

  return {
    sendRecovery: (email) => mail('recovery', (auth) => auth.resetPasswordForEmail(email)),

    resendConfirmation: (email) => mail('confirmation', (auth) => auth.resend({ type: 'signup', email })),

    sendMagicLink: ({ email, redirectTo }) =>
      mail('magic link', (auth) =>
        auth.signInWithOtp({ email, options: { shouldCreateUser: false, emailRedirectTo: redirectTo } }),
      ),

    changeEmail: ({ accessToken, email }) =>
      attempt(CHANGE_EMAIL, async () => {
        const { auth } = await makeUserClient(project, publishableKey, accessToken);
        const { error } = await auth.updateUser({ email });
        if (error === null || TAKEN.has(readAuthFailure(error).code ?? '')) return;
        throw error;
      }),

    verify: (proof) =>
      attempt(VERIFY, async () => {
        const { auth } = await makePublishableClient(project, publishableKey);
        const answer = await ('tokenHash' in proof
          ? auth.verifyOtp({ token_hash: proof.tokenHash, type: proof.type })
          : auth.verifyOtp({ email: proof.email, token: proof.token, type: proof.type }));
        // The first of two mailboxes has confirmed: Supabase says so in words, without a session.
        const half = proof.type === 'email_change' && answer.error === null && answer.data.session === null;
        return half ? null : signedIn(answer);
      }),
  };
};
