import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError, isAppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { Account, IdentityProvider, ProviderSession, SignedIn } from '../ports';
import { endOtherSessions } from '../sql/end-other-sessions';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { findPasswordChange, type PasswordChange } from '../sql/find-password-change';
import { renewSession } from './renew-session';
import { signInAsOwner } from './sign-in-as-owner';
import type { Client, Entry } from './start-session';

export interface UpdatePasswordDeps {
  readonly database: Database;
  readonly identity: Pick<IdentityProvider, 'signIn' | 'setPassword'>;
  readonly now: Now;
}

export interface UpdatePassword {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly supabaseSessionId: string | null;
  readonly password: string;
  readonly currentPassword: string | undefined;
  /** The Supabase access token the caller came with; null for an opaque token. */
  readonly accessToken: string | null;
}

/** How long a recovery mail's session may set a password. */
const RECOVERY_MS = 15 * 60_000;

/**
 * Sets a new password: by the current one (asked of the provider by signing in, so that a stolen session cannot take the
 * account over), or on the strength of a recovery mail. Every other session ends, here and at Supabase; the one that
 * remains gets a new opaque token and loses the recovery's power. It is the caller's own where they came with its access
 * token, which supabase-js goes on using; who came with an opaque token gets a new session altogether.
 */
export const updatePassword = async (
  deps: UpdatePasswordDeps,
  asked: UpdatePassword,
  client: Client,
): Promise<Entry> => {
  const { database, identity, now } = deps;
  const recoveredSince = new Date(now() - RECOVERY_MS);
  const change = await findPasswordChange(database, { ...asked, recoveredSince });
  if (change === null || change.email === null) throw new AppError('forbidden');
  const { email } = change;

  const proof =
    asked.currentPassword === undefined
      ? proofByRecovery(asked, change)
      : proofByPassword(
          await signInAsOwner(deps, { userId: asked.userId, email, password: asked.currentPassword }),
          asked,
        );
  try {
    await setPassword(identity, proof, asked);
  } catch (error) {
    const { madeSessionId } = proof;
    if (madeSessionId !== null) {
      const made = { supabaseSessionId: madeSessionId, userId: asked.userId };
      await endSupabaseSession(database, { ...made, now: new Date(now()) });
    }
    throw error;
  }

  const { account, supabaseSessionId, session } = proof;
  return withTransaction(database, async (tx) => {
    const opened = { account, supabaseSessionId, openedBy: 'password', client } as const;
    const user = await renewSession(tx, now, opened);
    await endOtherSessions(tx, {
      userId: asked.userId,
      keepSupabaseSessionId: supabaseSessionId,
      because: 'password_changed',
      now: new Date(now()),
    });
    return { user, session };
  });
};

/** On whose strength the password is set, and which Supabase session remains. */
interface Proof {
  readonly account: Account;
  readonly supabaseSessionId: string;
  readonly accessToken: string;
  /** Null where the caller holds it already. */
  readonly session: ProviderSession | null;
  /** The Supabase session that the proof has made; null where it made none. */
  readonly madeSessionId: string | null;
}

const proofByPassword = (
  { account, session }: SignedIn,
  { accessToken, supabaseSessionId }: UpdatePassword,
): Proof => {
  const own = accessToken === null ? null : supabaseSessionId;
  return {
    account,
    supabaseSessionId: own ?? session.id,
    accessToken: session.accessToken,
    session: own === null ? session : null,
    madeSessionId: session.id,
  };
};

const proofByRecovery = (
  { userId, accessToken }: UpdatePassword,
  { email, recovering, supabaseSessionId }: PasswordChange,
): Proof => {
  if (!recovering || supabaseSessionId === null || accessToken === null) {
    throw new AppError('forbidden', {
      detail:
        'Send current_password, or the access token that a recovery mail brought within the last 15 minutes.',
    });
  }
  const account = { id: userId, email, metadata: {} };
  return { account, supabaseSessionId, accessToken, session: null, madeSessionId: null };
};

/** The session just made by password is recent, as Supabase likes it; but only the caller's own has shown a second factor. */
const setPassword = async (
  identity: UpdatePasswordDeps['identity'],
  { accessToken }: Proof,
  asked: UpdatePassword,
): Promise<void> => {
  const { password, currentPassword } = asked;
  try {
    await identity.setPassword({ accessToken, password, currentPassword });
  } catch (error) {
    if (!isAppError(error, 'second_factor_required') || asked.accessToken === null) throw error;
    await identity.setPassword({ accessToken: asked.accessToken, password, currentPassword });
  }
};
