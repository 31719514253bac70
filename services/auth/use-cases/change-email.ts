import { AppError } from '#shared/errors/app-error';
import type { IdentityProvider } from '../ports';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { type Claim, type ProveOwnerDeps, proveOwner } from './prove-owner';

export interface ChangeEmailDeps extends ProveOwnerDeps {
  readonly identity: Pick<IdentityProvider, 'signIn' | 'changeEmail'>;
}

export interface ChangeEmail extends Claim {
  readonly email: string;
  /** The Supabase access token the caller came with; null for an opaque token. */
  readonly accessToken: string | null;
}

/** Asks the new address to confirm; nothing changes until it does. Says nothing of whether the address is taken. */
export const changeEmail = async (deps: ChangeEmailDeps, asked: ChangeEmail): Promise<void> => {
  const { database, identity, now } = deps;
  const { passwordSession } = await proveOwner(deps, asked);
  // The caller's own has perhaps shown a second factor, which the one just made by password has not.
  const accessToken = asked.accessToken ?? passwordSession?.accessToken;
  try {
    if (accessToken === undefined) {
      throw new AppError('forbidden', { detail: 'Send current_password, or come with an access token.' });
    }
    await identity.changeEmail({ accessToken, email: asked.email });
  } finally {
    if (passwordSession !== null) {
      const ended = { supabaseSessionId: passwordSession.id, userId: asked.userId, now: new Date(now()) };
      await endSupabaseSession(database, ended);
    }
  }
};
