import type { Database } from '#shared/database/pool';
import { withTransaction } from '#shared/database/with-transaction';
import { AppError, isAppError } from '#shared/errors/app-error';
import type { Now } from '#shared/kernel/ids';
import type { Account, IdentityProvider, ProviderSession } from '../ports';
import { endOtherSessions } from '../sql/end-other-sessions';
import { endSupabaseSession } from '../sql/end-supabase-session';
import { findPasswordChange } from '../sql/find-password-change';
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
 * token, which supabase-js goes on using, unless it is too old for Supabase; else the caller gets a new session altogether.
 */
export const updatePassword = async (
  deps: UpdatePasswordDeps,
  asked: UpdatePassword,
  client: Client,
): Promise<Entry> => {
  const { database, identity, now } = deps;
  const { userId } = asked;
  const recoveredSince = new Date(now() - RECOVERY_MS);
  const change = await findPasswordChange(database, { ...asked, recoveredSince });
  if (change === null || change.email === null) throw new AppError('forbidden');

  const { email, recovering } = change;
  const proof = await prove(deps, asked, { email, recovering });
  const remaining = await setPassword(identity, proof, asked).catch(async (error: unknown) => {
    const { madeId } = proof;
    if (madeId !== null) {
      await endSupabaseSession(database, { supabaseSessionId: madeId, userId, now: new Date(now()) });
    }
    throw error;
  });

  const { id: supabaseSessionId, session } = remaining;
  return withTransaction(database, async (tx) => {
    const opened = { account: proof.account, supabaseSessionId, openedBy: 'password', client } as const;
    const user = await renewSession(tx, now, opened);
    await endOtherSessions(tx, {
      userId,
      keepSupabaseSessionId: supabaseSessionId,
      because: 'password_changed',
      now: new Date(now()),
    });
    return { user, session };
  });
};

/** A Supabase session that may set the password. With a new one, Supabase ends all others of the user. */
interface Setter {
  readonly id: string;
  readonly accessToken: string;
  /** Null where the caller holds it already. */
  readonly session: ProviderSession | null;
}

/** On whose strength the password is set. */
interface Proof {
  readonly account: Account;
  /** The caller's own, where they came with its access token, and what the current password has made. */
  readonly setters: readonly [Setter, Setter?];
  /** The Supabase session that the current password has made; null where it made none. */
  readonly madeId: string | null;
}

const prove = async (
  deps: UpdatePasswordDeps,
  { userId, currentPassword, accessToken, supabaseSessionId }: UpdatePassword,
  { email, recovering }: { readonly email: string; readonly recovering: boolean },
): Promise<Proof> => {
  const own =
    accessToken === null || supabaseSessionId === null
      ? null
      : { id: supabaseSessionId, accessToken, session: null };
  if (currentPassword !== undefined) {
    const { account, session } = await signInAsOwner(deps, { userId, email, password: currentPassword });
    const made = { id: session.id, accessToken: session.accessToken, session };
    return { account, setters: own === null ? [made] : [own, made], madeId: made.id };
  }
  if (!recovering || own === null) {
    throw new AppError('forbidden', {
      detail:
        'Send current_password, or the access token that a recovery mail brought within the last 15 minutes.',
    });
  }
  return { account: { id: userId, email, metadata: {} }, setters: [own], madeId: null };
};

/** Which session has set it. The caller's own is not recent enough for Supabase at times; one just made always is. */
const setPassword = async (
  identity: UpdatePasswordDeps['identity'],
  { setters: [first, second] }: Proof,
  { password, currentPassword }: UpdatePassword,
): Promise<Setter> => {
  const setBy = async (setter: Setter): Promise<Setter> => {
    await identity.setPassword({ accessToken: setter.accessToken, password, currentPassword });
    return setter;
  };
  try {
    return await setBy(first);
  } catch (error) {
    if (second === undefined || !isAppError(error, 'forbidden')) throw error;
    return setBy(second);
  }
};
